/**
 * Draws what the tasks ask for: with a diffusion pipeline in this process, whose weights are swapped while it runs, or with
 * any endpoint that speaks OpenAI's images API.
 */
@NullMarked
package dev.preflow.producers.generate;

import org.jspecify.annotations.NullMarked;
