/** VP-Score's online training: which pairs it learns from, at what pace, and which weights are let pass as a release. */
@NullMarked
package dev.preflow.scorer.train;

import org.jspecify.annotations.NullMarked;
