package dev.preflow.app.demo;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.eval.Comparison;
import dev.preflow.app.eval.EvalPlan;
import dev.preflow.app.eval.EvalRun;
import dev.preflow.app.eval.ProxyScore;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The evaluation at the end: base against the newest policy, with and without guidance. */
final class FinalEval {
    /** In the middle of what Stable Diffusion's users choose, scaled to a model of eight steps. */
    private static final double GUIDANCE = 3;

    private static final int SHEET_PAIRS = 48;

    private FinalEval() {}

    /**
     * What came of it.
     *
     * @param plain the comparison without guidance
     * @param guided the comparison with guidance
     * @param heldOutAccuracy VP-Score's, on the images of both, without guidance
     */
    record Result(Comparison plain, Comparison guided, OptionalDouble heldOutAccuracy) {}

    /**
     * Draws, judges and compares.
     *
     * @param sheet PNG file of pairs that is written
     * @return empty before the first policy or reward release
     */
    static Optional<Result> run(Path base, Weights weights, Path sheet) throws IOException {
        Torch.useThreads(Runtime.getRuntime().availableProcessors());
        try (NDManager manager = Torch.newManager()) {
            Optional<DiffusionPipeline> policy = weights.policy(manager);
            Optional<VpScore> reward = weights.reward(manager);
            if (policy.isEmpty() || reward.isEmpty()) {
                return Optional.empty();
            }
            try (DiffusionPipeline before = DiffusionPipeline.load(base, "base", manager);
                    DiffusionPipeline after = policy.get();
                    VpScore vpScore = reward.get()) {
                EvalRun plainBefore = EvalRun.of(EvalPlan.full(1), before, drawn -> {});
                EvalRun plainAfter = EvalRun.of(EvalPlan.full(1), after, drawn -> {});
                EvalRun guidedBefore = EvalRun.of(EvalPlan.full(GUIDANCE), before, drawn -> {});
                EvalRun guidedAfter = EvalRun.of(EvalPlan.full(GUIDANCE), after, drawn -> {});
                Files.write(sheet, Comparison.contactSheet(plainBefore, plainAfter, SHEET_PAIRS));
                return Optional.of(new Result(
                        Comparison.of(plainBefore, plainAfter),
                        Comparison.of(guidedBefore, guidedAfter),
                        ProxyScore.accuracy(vpScore, List.of(plainBefore, plainAfter))));
            }
        }
    }
}
