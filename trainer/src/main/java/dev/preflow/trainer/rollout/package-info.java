/** Which prompts are drawn for training, how rollouts are asked for, and how they come back as groups. */
@NullMarked
package dev.preflow.trainer.rollout;

import org.jspecify.annotations.NullMarked;
