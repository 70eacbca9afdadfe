package dev.preflow.app.stages;

import dev.preflow.app.status.EvalHistory;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.config.Config;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Predicate;

/**
 * What the stages of a process share.
 *
 * @param runtime what every stage needs
 * @param config the configuration
 * @param blobs images, trajectories and weights
 * @param metrics what Prometheus scrapes
 * @param evaluations the policy's curves; whoever evaluates adds to them
 * @param heldOut texts of prompts that neither VP-Score nor the policy is trained on
 */
public record StageContext(
        StageRuntime runtime,
        Config config,
        BlobStore blobs,
        PrometheusMeterRegistry metrics,
        EvalHistory evaluations,
        Predicate<String> heldOut) {}
