/** Optimisation: AdamW with savable state, gradient clipping, learning-rate schedules, moving averages of weights. */
@NullMarked
package dev.preflow.models.optim;

import org.jspecify.annotations.NullMarked;
