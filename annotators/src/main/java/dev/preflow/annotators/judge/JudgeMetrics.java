package dev.preflow.annotators.judge;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** OpenTelemetry's metrics of a generative-AI client, under its names. */
final class JudgeMetrics {

    private static final String DURATION = "gen_ai.client.operation.duration";
    private static final String TOKENS = "gen_ai.client.token.usage";

    private final MeterRegistry registry;
    private final Tags tags;

    JudgeMetrics(MeterRegistry registry, JudgeOptions options) {
        this.registry = registry;
        this.tags = Tags.of(
                "gen_ai.operation.name",
                "chat",
                "gen_ai.provider.name",
                "openai",
                "gen_ai.request.model",
                options.model(),
                "server.address",
                options.baseUrl().getHost());
    }

    void replied(JudgeReply reply) {
        operation(reply.latency(), "none");
        tokens("input", reply.promptTokens());
        tokens("output", reply.completionTokens());
    }

    void failed(Duration duration, String reason) {
        operation(duration, reason);
    }

    private void operation(Duration duration, String errorType) {
        Timer.builder(DURATION)
                .description("Duration of the calls of the judge")
                .tags(tags.and("error.type", errorType))
                .register(registry)
                .record(duration);
    }

    private void tokens(String type, @Nullable Integer count) {
        if (count != null) {
            DistributionSummary.builder(TOKENS)
                    .description("Tokens of one call of the judge, as the endpoint counted them")
                    .baseUnit("token")
                    .tags(tags.and("gen_ai.token.type", type))
                    .register(registry)
                    .record(count);
        }
    }
}
