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

    /** The pipeline with weights from a seed. */
    public static DiffusionPipeline create(NDManager manager, String scheduler, long seed) {
        PipelineModels models = models(scheduler);
        return new DiffusionPipeline(
                models, models.initPolicy(manager, seed), models.initVae(manager, 1), "r" + seed, manager);
    }
}
