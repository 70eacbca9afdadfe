package dev.preflow.app.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.preflow.app.eval.Comparison;
import dev.preflow.app.eval.GoldFigures;
import dev.preflow.app.status.EvalPoint;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo has come to, as JSON. What was not measured is null.
 *
 * @param seconds how long it ran
 * @param counts distinct records by topic
 * @param lost prompts that have not ended
 * @param duplicates records whose effect is there twice
 * @param reward VP-Score
 * @param policy the policy
 * @param gold base and policy before the gold judge, without guidance
 * @param guided the same with guidance
 * @param curve the evaluations on the way
 * @param memory of the processes
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record DemoReport(
        long seconds,
        Map<String, Long> counts,
        long lost,
        long duplicates,
        Reward reward,
        Policy policy,
        @Nullable Gold gold,
        @Nullable Gold guided,
        List<EvalPoint> curve,
        List<MemoryWatch.Usage> memory) {

    /** VP-Score's releases, and its accuracy on images of held-out prompts against the judge without noise. */
    record Reward(long releases, @Nullable Double heldOutAccuracy) {}

    /** The policy's releases, and how long they took to draw their first image. */
    record Policy(long releases, HotSwap hotSwapMillis) {}

    /** Quantiles of milliseconds; null without a swap. */
    record HotSwap(@Nullable Long p50, @Nullable Long p95) {}

    /** A paired comparison. */
    record Gold(
            int prompts,
            int images,
            double guidanceScale,
            GoldFigures base,

            @JsonProperty("final") GoldFigures policy,

            double renderedDiversity,
            int wins,
            int ties,
            int losses,
            double pValue) {
        static Gold of(Comparison comparison) {
            return new Gold(
                    comparison.prompts(),
                    comparison.images(),
                    comparison.guidanceScale(),
                    comparison.base(),
                    comparison.policy(),
                    comparison.renderedDiversity(),
                    comparison.wins(),
                    comparison.ties(),
                    comparison.losses(),
                    comparison.pValue());
        }
    }

    static DemoReport of(
            long seconds,
            TopicAudit audit,
            Optional<FinalEval.Result> result,
            List<EvalPoint> curve,
            MemoryWatch memory) {
        List<Long> swaps = audit.hotSwapMillis();
        return new DemoReport(
                seconds,
                audit.counts(),
                audit.lost(),
                audit.duplicates(),
                new Reward(
                        audit.releases(ReleaseKind.REWARD),
                        result.map(FinalEval.Result::heldOutAccuracy).orElse(null)),
                new Policy(
                        audit.releases(ReleaseKind.POLICY), new HotSwap(quantile(swaps, 0.5), quantile(swaps, 0.95))),
                result.map(r -> Gold.of(r.plain())).orElse(null),
                result.map(r -> Gold.of(r.guided())).orElse(null),
                curve,
                memory.usage());
    }

    private static @Nullable Long quantile(List<Long> ascending, double share) {
        return ascending.isEmpty()
                ? null
                : ascending.get((int) Math.min(ascending.size() - 1L, (long) (share * ascending.size())));
    }

    void write(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(
                file,
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }
}
