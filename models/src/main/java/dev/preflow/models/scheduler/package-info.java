/** Noise schedules and samplers of diffusion models, configured by diffusers' {@code scheduler_config.json}. */
@NullMarked
package dev.preflow.models.scheduler;

import org.jspecify.annotations.NullMarked;
