package dev.preflow.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Compute;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.weights.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Times VP-Score on the weights, images and texts that {@code bench/python/vpscore.py} has written, on one thread or on a GPU. */
public final class VpScoreBenchmark {

    /** The backward pass comes to it last. */
    private static final String FIRST = "blip.visual_encoder.patch_embed.proj.weight";

    private VpScoreBenchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args the folder of that script, and how often to time, and the device if it is not the processor
     * @throws IOException if the folder cannot be read
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int runs = Integer.parseInt(args[1]);
        List<String> texts = Files.readAllLines(folder.resolve("texts.txt"));
        Compute compute = Compute.of(args.length > 2 ? args[2] : "cpu", "auto");
        try (NDManager manager = compute.newManager();
                VpScore score = VpScore.load(folder, manager);
                Parameters values = SafetensorsReader.readAll(folder.resolve("values.safetensors"), manager)) {
            try (Autograd off = Autograd.disabled();
                    NDManager step = manager.newSubManager()) {
                Comparison.print("VP-Score", score.scores(images(values, step), texts), values.get("scores"));
            }
            Timings.print("VP-Score forward", runs, () -> {
                try (Autograd off = Autograd.disabled();
                        NDManager step = manager.newSubManager()) {
                    Timings.await(score.scores(images(values, step), texts));
                }
            });
            score.parameters().trainable(name -> true);
            Timings.print("VP-Score forward + backward", runs, () -> {
                score.parameters().zeroGradients();
                try (Autograd on = Autograd.enabled();
                        NDManager step = manager.newSubManager()) {
                    Autograd.backward(
                            score.scores(images(values, step), texts).square().mean());
                    Timings.await(score.parameters().get(FIRST).getGradient());
                }
            });
        }
    }

    private static NDArray images(Parameters values, NDManager step) {
        NDArray images = values.get("images").duplicate();
        images.attach(step);
        return images;
    }
}
