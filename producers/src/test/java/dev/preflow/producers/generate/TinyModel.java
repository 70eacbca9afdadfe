package dev.preflow.producers.generate;

import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraOptions;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PromptEncoder;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizerBuilder;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import java.nio.file.Path;
import java.util.List;

/** A diffusers directory of a few thousand random weights, drawing 8 by 8 pixels. */
final class TinyModel {

    private TinyModel() {}

    /** Writes the directory; models of different seeds differ in U-Net and text encoder. */
    static Path write(Path directory, long seed) {
        var tokenizer = new ClipTokenizerBuilder()
                .add("a red circle above a blue square")
                .maxLength(12)
                .build();
        var unet = UNetConfig.of(
                4,
                4,
                List.of("DownBlock2D", "CrossAttnDownBlock2D"),
                List.of("CrossAttnUpBlock2D", "UpBlock2D"),
                List.of(8, 16),
                1,
                List.of(2),
                16,
                4);
        var models = new PipelineModels(
                new UNet2DConditionModel(unet),
                PromptEncoder.of(
                        new ClipTextEncoder(ClipTextConfig.of(tokenizer.vocabularySize(), 16, 32, 1, 2, 12)),
                        tokenizer),
                new AutoencoderKL(VaeConfig.of(8, List.of(8, 8), 1, 4, 4)),
                SchedulerConfig.stableDiffusion("DDIMScheduler"));
        try (var manager = Torch.newManager();
                var pipeline = new DiffusionPipeline(
                        models, models.initPolicy(manager, seed), models.initVae(manager, 1), "tiny", manager)) {
            pipeline.save(directory);
        }
        return directory;
    }

    /** Writes the directory of a LoRA of random numbers; those of different seeds differ. */
    static Path writeLora(Path directory, Path model, long seed) {
        try (var manager = Torch.newManager();
                var pipeline = DiffusionPipeline.load(model, "tiny", manager);
                var base = pipeline.borrow();
                var lora = Lora.create(base.parameters(), new LoraOptions(2, 4, LoraOptions.ATTENTION), seed, manager);
                var off = Autograd.disabled()) {
            lora.parameters().asMap().forEach((name, array) -> {
                if (name.endsWith("lora_B.weight")) {
                    array.addi(1);
                }
            });
            LoraDirectory.save(directory, lora, base.parameters(), model);
        }
        return directory;
    }
}
