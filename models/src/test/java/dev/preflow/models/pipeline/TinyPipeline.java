package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.tokenizer.ClipTokenizerBuilder;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import java.util.List;

/** A pipeline of a few thousand random weights. */
public final class TinyPipeline {

    private TinyPipeline() {}

    /** Its parts, with a sampler class. */
    public static PipelineModels models(String scheduler) {
        ClipTokenizer tokenizer = new ClipTokenizerBuilder()
                .add("a red circle above a blue square")
                .maxLength(12)
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
        ClipTextConfig text = ClipTextConfig.of(tokenizer.vocabularySize(), 16, 32, 1, 2, 12);
        return new PipelineModels(
                new UNet2DConditionModel(unet),
                PromptEncoder.of(new ClipTextEncoder(text), tokenizer),
                new AutoencoderKL(VaeConfig.of(8, List.of(8, 8), 1, 4, 4)),
                SchedulerConfig.stableDiffusion(scheduler));
    }

    /** Parts in the form of SDXL, with widths, depths and head sizes that no published model has. */
    public static PipelineModels sdxl() {
        ClipTokenizer tokenizer = new ClipTokenizerBuilder()
                .add("a red circle above a blue square")
                .maxLength(12)
                .build();
        int vocabulary = tokenizer.vocabularySize();
        UNetConfig unet = new UNetConfig(
                4,
                4,
                4,
                List.of("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                List.of("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
                List.of(8, 24, 12),
                2,
                List.of(1, 3, 2),
                List.of(1, 3, 2),
                16 + 10,
                4,
                null,
                true,
                null,
                0,
                null,
                "text_time",
                6,
                14 + 6 * 6);
        ClipTextConfig second = new ClipTextConfig(
                List.of("CLIPTextModelWithProjection"), vocabulary, 10, 20, 3, 5, 12, "gelu", null, 14, 2);
        return new PipelineModels(
                new UNet2DConditionModel(unet),
                new PromptEncoder(
                        List.of(
                                new PromptEncoder.Text(
                                        new ClipTextEncoder(ClipTextConfig.of(vocabulary, 16, 32, 2, 4, 12)),
                                        tokenizer),
                                new PromptEncoder.Text(new ClipTextEncoder(second), tokenizer)),
                        true),
                new AutoencoderKL(VaeConfig.of(8, List.of(8, 8), 1, 4, 4)),
                SchedulerConfig.stableDiffusion("EulerDiscreteScheduler"));
    }

    /** The pipeline with weights from a seed. */
    public static DiffusionPipeline create(NDManager manager, String scheduler, long seed) {
        return create(manager, models(scheduler), seed);
    }

    /** A pipeline with weights from a seed. */
    public static DiffusionPipeline create(NDManager manager, PipelineModels models, long seed) {
        return new DiffusionPipeline(
                models, models.initPolicy(manager, seed), models.initVae(manager, 1), "r" + seed, manager);
    }
}
