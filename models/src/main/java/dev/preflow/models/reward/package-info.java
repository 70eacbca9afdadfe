/**
 * VP-Score: a reward model of ImageReward's structure that scores how well an image serves a prompt, and its training on
 * preferences (PAPER sections 3 and 6).
 */
@NullMarked
package dev.preflow.models.reward;

import org.jspecify.annotations.NullMarked;
