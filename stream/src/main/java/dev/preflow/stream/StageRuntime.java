package dev.preflow.stream;

import dev.preflow.schemas.Topics;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;

/**
 * What every stage of a process shares.
 *
 * @param vertx where handlers run
 * @param kafka where the topics are
 * @param topics the catalogue
 * @param publisher publishes results and dead letters
 * @param meters where metrics are kept
 * @param health where stages report
 */
public record StageRuntime(
        Vertx vertx, KafkaConnection kafka, Topics topics, Publisher publisher, MeterRegistry meters, Health health) {}
