package dev.preflow.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.Trajectory;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Draws by a diffusers directory and writes the noise that it began from and the pixels, for {@code tools/reference/reverse.py}
 * to draw the same by diffusers.
 */
public final class Drawings {
    private static final List<String> SAMPLERS =
            List.of("DDIMScheduler", "EulerDiscreteScheduler", "DPMSolverMultistepScheduler");
    private static final List<String> PROMPTS = List.of("a red circle", "a blue square above a green triangle");
    private static final String NEGATIVE = "a yellow star";
    private static final double GUIDANCE = 3;
    private static final int STEPS = 20;

    private Drawings() {}

    /**
     * Draws.
     *
     * @param args the directory, and the file to write
     */
    public static void main(String[] args) {
        Map<String, NDArray> values = new TreeMap<>();
        try (NDManager manager = Torch.newManager()) {
            for (String sampler : SAMPLERS) {
                try (DiffusionPipeline pipeline = DiffusionPipeline.load(
                        Path.of(args[0]), "base", own -> own.with(sampler), Precision.AUTO, manager)) {
                    draw(pipeline, sampler + ".plain", 1, manager, values);
                    draw(pipeline, sampler + ".guided", GUIDANCE, manager, values);
                }
            }
            SafetensorsWriter.write(Path.of(args[1]), values, Map.of());
        }
    }

    private static void draw(
            DiffusionPipeline pipeline, String name, double guidance, NDManager manager, Map<String, NDArray> values) {
        double scale = Scheduler.of(pipeline.models().scheduler())
                .start(manager, STEPS)
                .initialScale();
        for (int i = 0; i < PROMPTS.size(); i++) {
            GenerationRequest request = new GenerationRequest(PROMPTS.get(i), NEGATIVE, i, guidance, STEPS, 0, 0);
            GeneratedImage drawn = pipeline.generate(List.of(request), true).get(0);
            Trajectory way = Objects.requireNonNull(drawn.trajectory());
            Shape shape = new Shape(1).addAll(new Shape(way.shape()));
            values.put(
                    name + "." + i + ".noise",
                    manager.create(way.latents()[0], shape).div(scale));
            try (Autograd off = Autograd.disabled()) {
                NDArray last = manager.create(way.latents()[way.latents().length - 1], shape);
                values.put(name + "." + i + ".pixels", pipeline.models().decodeLatents(pipeline.vae(), last));
            }
        }
    }
}
