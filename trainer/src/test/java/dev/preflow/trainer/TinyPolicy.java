package dev.preflow.trainer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PromptEncoder;
import dev.preflow.models.pipeline.Trajectory;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.tokenizer.ClipTokenizerBuilder;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.trainer.ppo.RolloutForm;
import dev.preflow.trainer.ppo.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A diffusion pipeline of a few thousand random weights, and rollouts drawn with it that are rewarded for bright latents. */
public final class TinyPolicy {
    /** How its rollouts are drawn. */
    public static final RolloutForm FORM = new RolloutForm(4, 2, 1);

    /** Prompts that its tokenizer knows. */
    public static final List<String> PROMPTS = List.of("a red circle", "a blue square", "a red square");

    private TinyPolicy() {}

    /** The parts. */
    public static PipelineModels models() {
        ClipTokenizer tokenizer = new ClipTokenizerBuilder()
                .add("a red circle above a blue square")
                .maxLength(8)
                .build();
        UNetConfig unet = UNetConfig.of(
                4,
                4,
                List.of("DownBlock2D", "CrossAttnDownBlock2D"),
                List.of("CrossAttnUpBlock2D", "UpBlock2D"),
                List.of(8, 16),
                1,
                List.of(2),
                16,
                4);
        return new PipelineModels(
                new UNet2DConditionModel(unet),
                PromptEncoder.of(
                        new ClipTextEncoder(ClipTextConfig.of(tokenizer.vocabularySize(), 16, 32, 1, 2, 8)), tokenizer),
                new AutoencoderKL(VaeConfig.of(8, List.of(8, 8), 1, 4, 4)),
                SchedulerConfig.stableDiffusion("DDIMScheduler"));
    }

    /** The parts in the form of SDXL: two text encoders, pooled text and sizes. */
    public static PipelineModels sdxl() {
        PipelineModels one = models();
        PromptEncoder.Text first = one.prompts().texts().get(0);
        ClipTextConfig projecting = new ClipTextConfig(
                List.of("CLIPTextModelWithProjection"),
                first.tokenizer().vocabularySize(),
                8,
                16,
                2,
                2,
                8,
                "gelu",
                null,
                10,
                2);
        UNetConfig unet = new UNetConfig(
                4,
                4,
                4,
                List.of("DownBlock2D", "CrossAttnDownBlock2D"),
                List.of("CrossAttnUpBlock2D", "UpBlock2D"),
                List.of(8, 16),
                1,
                List.of(2),
                List.of(1, 2),
                16 + 8,
                4,
                null,
                true,
                null,
                0,
                null,
                "text_time",
                4,
                10 + 6 * 4);
        PromptEncoder.Text second = new PromptEncoder.Text(new ClipTextEncoder(projecting), first.tokenizer());
        return new PipelineModels(
                new UNet2DConditionModel(unet),
                new PromptEncoder(List.of(first, second), true),
                one.vae(),
                one.scheduler());
    }

    /** The pipeline with weights from a seed. */
    public static DiffusionPipeline pipeline(NDManager manager, long seed) {
        return pipeline(manager, models(), seed);
    }

    /** A pipeline with weights from a seed. */
    public static DiffusionPipeline pipeline(NDManager manager, PipelineModels models, long seed) {
        return new DiffusionPipeline(
                models, models.initPolicy(manager, seed), models.initVae(manager, 1), "tiny", manager);
    }

    /** Draws groups of four images, one prompt each, and rewards them. */
    public static List<List<Sample>> rollouts(DiffusionPipeline pipeline, int groups, long seed) {
        return rollouts(pipeline, groups, seed, 1);
    }

    /** The same with guidance for every second group. */
    public static List<List<Sample>> rollouts(DiffusionPipeline pipeline, int groups, long seed, double guidance) {
        int size = 8;
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < groups * size; i++) {
            requests.add(new GenerationRequest(
                    PROMPTS.get(i / size % PROMPTS.size()),
                    null,
                    Noise.derive(seed, i),
                    i / size % 2 == 0 ? guidance : 1,
                    FORM.steps(),
                    FORM.stochasticSteps(),
                    FORM.eta()));
        }
        List<Sample> samples = pipeline.generate(requests, true).stream()
                .map(TinyPolicy::sample)
                .toList();
        List<List<Sample>> result = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            result.add(samples.subList(g * size, (g + 1) * size));
        }
        return result;
    }

    private static Sample sample(GeneratedImage image) {
        Trajectory trajectory = Objects.requireNonNull(image.trajectory());
        float guidance = (float) image.request().guidanceScale();
        return new Sample(image.request().prompt(), trajectory, guidance, reward(trajectory), "reward-1");
    }

    /** Mean of the final latents' first channel: an untrained autoencoder would hide what the policy does. */
    public static float reward(Trajectory trajectory) {
        float[] latents = trajectory.latents()[trajectory.latents().length - 1];
        int plane = (int) (trajectory.shape()[1] * trajectory.shape()[2]);
        double sum = 0;
        for (int i = 0; i < plane; i++) {
            sum += latents[i];
        }
        return (float) (sum / plane);
    }

    /** Mean reward of groups. */
    public static double meanReward(List<List<Sample>> groups) {
        return groups.stream()
                .flatMap(List::stream)
                .mapToDouble(Sample::reward)
                .average()
                .orElseThrow();
    }
}
