/** Asks for rollouts of the policy, trains it on their rewards and releases new weights. */
@NullMarked
package dev.preflow.trainer;

import org.jspecify.annotations.NullMarked;
