package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.tensor.Compute;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Times the drawing of images, as {@code bench/python/pipeline.py} times diffusers': a batch, with guidance. */
public final class DrawingBenchmark {

    private static final double GUIDANCE = 7.5;

    private DrawingBenchmark() {}

    /**
     * Measures.
     *
     * @param args diffusers directory, images of a batch, steps, how often to time, device, precision
     */
    public static void main(String[] args) {
        int batch = Integer.parseInt(args[1]);
        int steps = Integer.parseInt(args[2]);
        Compute compute = Compute.of(args[4], args[5]);
        List<GenerationRequest> requests = IntStream.range(0, batch)
                .mapToObj(i -> new GenerationRequest("a red circle", "", i, GUIDANCE, steps, 0, 0))
                .toList();
        try (NDManager manager = compute.newManager();
                DiffusionPipeline pipeline =
                        DiffusionPipeline.load(Path.of(args[0]), "base", compute.precision(), manager)) {
            // warms up
            pipeline.generate(requests, false);
            Timings.print(
                    "drawing of " + batch + " images in " + steps + " steps",
                    Integer.parseInt(args[3]),
                    () -> pipeline.generate(requests, false));
        }
    }
}
