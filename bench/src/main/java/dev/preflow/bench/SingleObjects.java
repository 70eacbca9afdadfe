package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.Split;
import dev.preflow.demo.scene.Wording;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.tensor.Devices;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws every single object of the scene world, those that are trained on and those that are held out, and prints the share of
 * clean images of each: whether a policy has learnt to draw, or to draw what it was rewarded for.
 */
public final class SingleObjects {
    private static final int STEPS = 10;
    private static final long SEED = 77;

    private SingleObjects() {}

    /**
     * Draws and prints.
     *
     * @param args directory of a pipeline, and settings as {@code name=value}: guidance (3 if not given), images (of each object;
     *     24) and device (cpu, or cuda:N)
     */
    public static void main(String[] args) {
        TrialOptions options = TrialOptions.of(args, 1);
        double guidance = options.number("guidance", 3);
        int images = (int) options.number("images", 24);
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager(
                        Devices.parse(options.text("device", "cpu")).get(0));
                DiffusionPipeline pipeline = DiffusionPipeline.load(Path.of(args[0]), "policy", manager)) {
            for (Split split : Split.values()) {
                double sum = 0;
                List<SceneSpec> objects = new PromptGrammar().singles(split);
                for (SceneSpec object : objects) {
                    double clean = clean(pipeline, object, guidance, images);
                    System.out.printf("%s %s: %.2f%n", split, Wording.plain(object), clean);
                    sum += clean;
                }
                System.out.printf("%s, %d objects: %.3f%n", split, objects.size(), sum / objects.size());
            }
        }
    }

    private static double clean(DiffusionPipeline pipeline, SceneSpec object, double guidance, int images) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            requests.add(GenerationRequest.of(Wording.plain(object), Noise.derive(SEED, i), guidance, STEPS));
        }
        SceneJudge judge = new SceneJudge();
        return pipeline.generate(requests, false).stream()
                        .map(GeneratedImage::image)
                        .filter(image ->
                                judge.judge(object, image.toBufferedImage()).clean())
                        .count()
                / (double) images;
    }
}
