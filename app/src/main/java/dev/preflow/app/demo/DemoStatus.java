package dev.preflow.app.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.preflow.app.status.EvalPoint;
import dev.preflow.app.status.ReleaseView;
import dev.preflow.app.status.StatusView;
import dev.preflow.stream.observe.Health;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the demo is doing. What is not known yet is null.
 *
 * @param seconds since the start
 * @param prompts fed or pushed
 * @param images drawn
 * @param judged groups judged: those of prompts, and of rollouts
 * @param scored images scored
 * @param deadLetters records given up
 * @param vpScoreAccuracy held-out accuracy of the newest VP-Score
 * @param policyRelease number of the newest policy release
 * @param goldSuccess share of clean single-object images of the newest policy that was evaluated
 * @param parted whether proxy and gold have parted
 * @param unwell stages that have stopped or are are not ready, by name of their health check; empty when all is well
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DemoStatus(
        long seconds,
        long prompts,
        long images,
        long judged,
        long scored,
        long deadLetters,
        @Nullable Double vpScoreAccuracy,
        @Nullable Integer policyRelease,
        @Nullable Double goldSuccess,
        boolean parted,
        List<String> unwell) {

    static DemoStatus of(long seconds, StatusView view, List<Health.Report> health) {
        Map<String, Long> counts = view.counts();
        Optional<ReleaseView> reward = last(view.reward());
        return new DemoStatus(
                seconds,
                counts.getOrDefault("prompts", 0L),
                counts.getOrDefault("images", 0L),
                counts.getOrDefault("annotations", 0L),
                counts.getOrDefault("scores", 0L),
                counts.getOrDefault("deadLetters", 0L),
                reward.map(release -> release.metrics().get("heldOutAccuracy")).orElse(null),
                last(view.policy()).map(ReleaseView::number).orElse(null),
                last(view.curve()).map(EvalPoint::one).orElse(null),
                view.parted(),
                health.stream().flatMap(DemoStatus::failed).sorted().toList());
    }

    private static Stream<String> failed(Health.Report report) {
        return report.checks().entrySet().stream()
                .filter(check -> !check.getValue().ok())
                .map(Map.Entry::getKey);
    }

    private static <T> Optional<T> last(List<T> list) {
        return list.isEmpty() ? Optional.empty() : Optional.of(list.get(list.size() - 1));
    }

    /** The status as one line for people. */
    public String line() {
        return "%d:%02d  prompts %d  images %d  judged %d  scored %d  VP-Score %s  policy %s  clean %s%s%s"
                .formatted(
                        seconds / 60,
                        seconds % 60,
                        prompts,
                        images,
                        judged,
                        scored,
                        vpScoreAccuracy == null ? "learns" : "%.2f".formatted(vpScoreAccuracy),
                        policyRelease == null ? "waits" : "r" + policyRelease,
                        goldSuccess == null ? "-" : "%.0f%%".formatted(100 * goldSuccess),
                        parted ? "  PROXY AND GOLD PART" : "",
                        unwell.isEmpty() ? "" : "  NOT READY: " + String.join(", ", unwell));
    }
}
