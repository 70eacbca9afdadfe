package dev.preflow.app.demo;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.eval.Comparison;
import dev.preflow.app.eval.EvalPair;
import dev.preflow.app.eval.EvalPlan;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The evaluation at the end: base against the newest policy, with and without guidance. */
final class FinalEval {
    /** In the middle of what Stable Diffusion's users choose, scaled to a model of eight steps. */
    private static final double GUIDANCE = 3;

    private FinalEval() {}

    /**
     * What came of it.
     *
     * @param plain the comparison without guidance
     * @param guided the comparison with guidance
     * @param heldOutAccuracy VP-Score's, on the images of both, without guidance; null when the judge finds all images equal
     */
    record Result(
            Comparison plain, Comparison guided, @Nullable Double heldOutAccuracy) {}

    /**
     * Draws, judges and compares.
     *
     * @param sheet PNG file of pairs that is written
     * @return empty before the first policy or reward release
     */
    static Optional<Result> run(Path base, Weights weights, Path sheet) throws IOException, InterruptedException {
        try (NDManager manager = Torch.newManager()) {
            Optional<DiffusionPipeline> policy = weights.policy(manager);
            Optional<VpScore> reward = weights.reward(manager);
            if (policy.isEmpty() || reward.isEmpty()) {
                return Optional.empty();
            }
            try (DiffusionPipeline before = DiffusionPipeline.load(base, "base", manager);
                    DiffusionPipeline after = policy.get();
                    VpScore vpScore = reward.get()) {
                EvalPair plain = EvalPair.draw(EvalPlan.full(1), before, after, drawn -> {});
                EvalPair guided = EvalPair.draw(EvalPlan.full(GUIDANCE), before, after, drawn -> {});
                Files.write(sheet, plain.contactSheet());
                return Optional.of(new Result(
                        plain.comparison(),
                        guided.comparison(),
                        plain.proxy(vpScore).accuracy()));
            }
        }
    }
}
