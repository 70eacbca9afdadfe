package dev.preflow.trainer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.tensor.Torch;
import dev.preflow.stream.config.Config;
import dev.preflow.trainer.ppo.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The trainer's configuration for tests. */
final class TinyTrainer {
    private TinyTrainer() {}

    /** Trains {@link TinyPolicy} with all files below a folder; its base is written there unless it is there already. */
    static Config config(Path folder, Map<String, String> overrides) {
        Path base = folder.resolve("base");
        if (!Files.exists(base)) {
            try (NDManager manager = Torch.newManager();
                    DiffusionPipeline pipeline = TinyPolicy.pipeline(manager, 3)) {
                pipeline.save(base);
            }
        }
        Map<String, String> values = new HashMap<>();
        values.put(TrainerSettings.BASE.key(), base.toString());
        values.put(
                TrainerSettings.CHECKPOINTS.key(), folder.resolve("checkpoints").toString());
        values.put(
                TrainerSettings.RELEASE_CACHE.key(), folder.resolve("releases").toString());
        values.put(TrainerSettings.GROUPS.key(), "2");
        values.put(TrainerSettings.GROUP_SIZE.key(), "4");
        values.put(TrainerSettings.STEPS.key(), Integer.toString(TinyPolicy.FORM.steps()));
        values.put(TrainerSettings.STOCHASTIC_STEPS.key(), Integer.toString(TinyPolicy.FORM.stochasticSteps()));
        values.put(TrainerSettings.GUIDANCE.key(), "1, 2.5");
        values.put(TrainerSettings.MICRO_BATCH.key(), "16");
        values.put(TrainerSettings.LEARNING_RATE.key(), "0.003");
        values.put(TrainerSettings.WARM_UP.key(), "0");
        values.put(TrainerSettings.TRAINABLE.key(), ".*");
        values.putAll(overrides);
        return Config.with(TrainerSettings.ALL).overrides(values).build();
    }

    /** Rollouts drawn by a policy as its release would draw them. */
    static List<List<Sample>> draw(TrainedPolicy policy, Path folder, long seed) throws IOException {
        Path exported = Files.createTempDirectory(folder, "exported");
        policy.export(exported);
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = DiffusionPipeline.load(exported, "exported", manager)) {
            return TinyPolicy.rollouts(pipeline, 2, seed);
        }
    }
}
