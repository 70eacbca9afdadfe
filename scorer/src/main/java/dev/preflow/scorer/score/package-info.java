/** VP-Score at work: every image is scored by the serving release, and rollout groups by one release as a whole. */
@NullMarked
package dev.preflow.scorer.score;

import org.jspecify.annotations.NullMarked;
