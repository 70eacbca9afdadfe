package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraOptions;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.Ema;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Compute;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.trainer.ppo.Advantages;
import dev.preflow.trainer.ppo.Ppo;
import dev.preflow.trainer.ppo.PpoOptions;
import dev.preflow.trainer.ppo.RolloutForm;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.ppo.UpdateReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * Draws rollouts by a pipeline on a GPU and fine-tunes a LoRA on them by PPO, as the trainer does: time, memory, and whether
 * the first ratio is 1. The rewards are random numbers: what is measured is the work.
 */
public final class PpoBenchmark {

    private static final RolloutForm FORM = new RolloutForm(20, 10, 1);
    private static final int GROUPS = 2;
    private static final int GROUP_SIZE = 8;
    private static final int RANK = 16;
    private static final int ITERATIONS = 3;
    private static final double NANOS = 1e9;

    private PpoBenchmark() {}

    /**
     * Measures.
     *
     * @param args diffusers directory, device, precision, pairs of image and step computed at once, and {@code recompute} or
     *     {@code keep}
     * @throws IOException if there is no {@code nvidia-smi}
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Compute compute = Compute.of(args[1], args[2]);
        int micro = Integer.parseInt(args[3]);
        boolean recompute = args[4].equals("recompute");
        List<List<Sample>> rollouts;
        try (NDManager manager = compute.newManager();
                DiffusionPipeline pipeline =
                        DiffusionPipeline.load(Path.of(args[0]), "base", compute.precision(), manager)) {
            try (DeviceMemory memory = new DeviceMemory()) {
                draw(pipeline);
                long start = System.nanoTime();
                rollouts = draw(pipeline);
                report("drew " + GROUPS * GROUP_SIZE + " rollouts of " + FORM.steps() + " steps", start, memory);
            }
        }
        try (NDManager manager = compute.newManager();
                DiffusionPipeline pipeline =
                        DiffusionPipeline.load(Path.of(args[0]), "base", compute.precision(), manager);
                PolicyLease base = pipeline.borrow();
                Lora lora =
                        Lora.create(base.parameters(), new LoraOptions(RANK, RANK, LoraOptions.ATTENTION), 1, manager);
                Parameters policy = lora.over(base.parameters(), manager);
                AdamW optimiser = new AdamW(lora.parameters(), AdamW.Settings.of(0));
                Ema average = new Ema(lora.parameters(), manager, 0.9);
                DeviceMemory memory = new DeviceMemory();
                Ppo ppo = new Ppo(
                        pipeline.models(),
                        policy,
                        base.parameters(),
                        optimiser,
                        FORM,
                        new Advantages(3, Advantages.Deviation.BATCH),
                        new PpoOptions(2, 1, micro, 1e-3, 0.05, LearningRate.constant(1e-4, 0), 1, recompute),
                        compute.devices())) {
            System.out.printf(
                    "LoRA of rank %d: %d parameters%n", RANK, lora.parameters().count());
            for (int i = 0; i < ITERATIONS; i++) {
                long start = System.nanoTime();
                UpdateReport done = ppo.iterate(rollouts, 2L * i, i);
                average.update(i);
                report(
                        "PPO on %d pairs by %d, %s: log-ratio at first %.1e, gradient %.1e, kl %.1e"
                                .formatted(
                                        done.pairs(),
                                        micro,
                                        args[4],
                                        done.firstLogRatio(),
                                        done.gradientNorm(),
                                        done.kl()),
                        start,
                        memory);
            }
        }
    }

    private static List<List<Sample>> draw(DiffusionPipeline pipeline) {
        Random random = new Random(1);
        List<List<Sample>> groups = new ArrayList<>();
        for (int i = 0; i < GROUPS; i++) {
            String prompt = "a red circle left of " + (i + 2) + " blue squares";
            List<GenerationRequest> requests = new ArrayList<>();
            for (int j = 0; j < GROUP_SIZE; j++) {
                requests.add(new GenerationRequest(
                        prompt, "", random.nextLong(), 1, FORM.steps(), FORM.stochasticSteps(), FORM.eta()));
            }
            List<Sample> group = new ArrayList<>();
            for (GeneratedImage drawn : pipeline.generate(requests, true)) {
                group.add(new Sample(
                        prompt,
                        Objects.requireNonNull(drawn.trajectory()),
                        1,
                        (float) random.nextGaussian(),
                        "random"));
            }
            groups.add(group);
        }
        return groups;
    }

    private static void report(String what, long start, DeviceMemory memory) {
        System.out.printf(
                "%s: %.2f s, GPU at most %d MiB%n", what, (System.nanoTime() - start) / NANOS, memory.peakMebibytes());
    }
}
