package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.SceneVocabulary;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PromptEncoder;
import dev.preflow.models.scheduler.PredictionType;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.scheduler.TimestepSpacing;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.tokenizer.ClipTokenizerBuilder;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import java.util.List;

/** The form of the small base model: Stable Diffusion's parts, small enough to draw on two cores. */
final class BaseModel {
    private static final int TOKENS = 24;
    private static final int TEXT_CHANNELS = 64;

    private BaseModel() {}

    static AutoencoderKL autoencoder() {
        return new AutoencoderKL(
                VaeConfig.of(SceneRenderer.SIDE, List.of(16, 32, 48), 1, 4, 8).withMidAttention(false));
    }

    static PipelineModels models(double scalingFactor) {
        VaeConfig vae = autoencoder().config().withScalingFactor(scalingFactor);
        ClipTokenizer tokenizer = tokenizer();
        return new PipelineModels(
                new UNet2DConditionModel(unet(SceneRenderer.SIDE / vae.downsampling())),
                PromptEncoder.of(
                        new ClipTextEncoder(ClipTextConfig.of(
                                tokenizer.vocabularySize(), TEXT_CHANNELS, 4 * TEXT_CHANNELS, 2, 4, TOKENS)),
                        tokenizer),
                new AutoencoderKL(vae),
                SchedulerConfig.stableDiffusion("DDIMScheduler")
                        .with(PredictionType.V_PREDICTION)
                        // few steps must begin at pure noise
                        .with(TimestepSpacing.TRAILING));
    }

    private static UNetConfig unet(int sampleSize) {
        return UNetConfig.of(
                sampleSize,
                4,
                List.of("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                List.of("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
                List.of(32, 64, 96),
                1,
                List.of(4),
                TEXT_CHANNELS,
                8);
    }

    /** Every word of the grammar is one token; other text is spelled in bytes. */
    private static ClipTokenizer tokenizer() {
        ClipTokenizerBuilder builder = new ClipTokenizerBuilder().maxLength(TOKENS);
        SceneVocabulary.corpus().forEach(builder::add);
        return builder.build();
    }
}
