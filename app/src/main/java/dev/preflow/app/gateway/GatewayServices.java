package dev.preflow.app.gateway;

import dev.preflow.app.book.PromptBook;
import dev.preflow.app.feed.ScoreFeed;
import dev.preflow.app.feed.ScoreHistory;
import dev.preflow.app.status.StatusBoard;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.observe.Health;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What the gateway shows and where it hands prompts on.
 *
 * @param topics the catalogue of topics
 * @param publisher publishes accepted prompts
 * @param book what became of each prompt
 * @param scores the newest scores
 * @param history older scores
 * @param blobs the pixels
 * @param status how the whole is doing
 * @param health liveness and readiness
 * @param metrics what Prometheus scrapes
 */
public record GatewayServices(
        Topics topics,
        Publisher publisher,
        PromptBook book,
        ScoreFeed scores,
        ScoreHistory history,
        BlobStore blobs,
        StatusBoard status,
        Health health,
        PrometheusMeterRegistry metrics) {}
