package dev.preflow.app.demo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the demo runs.
 *
 * @param data folder of everything that it keeps: Kafka's log, blobs, preferences, checkpoints
 * @param base diffusers directory of the base model
 * @param duration how long; null until it is stopped
 * @param report file that the report is written to; null for none
 * @param port of the gateway; 0 for a free one
 * @param threads computing threads of the machine that it may use
 * @param seed of prompts, rollouts and weights
 */
public record DemoOptions(
        Path data,
        Path base,
        @Nullable Duration duration,
        @Nullable Path report,
        int port,
        int threads,
        long seed) {}
