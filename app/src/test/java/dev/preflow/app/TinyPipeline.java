package dev.preflow.app;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraFile;
import dev.preflow.models.lora.LoraFormat;
import dev.preflow.models.lora.LoraOptions;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.pipeline.PromptEncoder;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.tokenizer.ClipTokenizerBuilder;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A diffusion pipeline of a few thousand random weights, which draws 8×8 pixels of noise. */
public final class TinyPipeline {

    private TinyPipeline() {}

    /** Writes one with weights from a seed. */
    public static Path save(Path directory, long seed) {
        ClipTokenizer tokenizer =
                new ClipTokenizerBuilder().add("a red circle").maxLength(12).build();
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
        PipelineModels models = new PipelineModels(
                new UNet2DConditionModel(unet),
                PromptEncoder.of(
                        new ClipTextEncoder(ClipTextConfig.of(tokenizer.vocabularySize(), 16, 32, 1, 2, 12)),
                        tokenizer),
                new AutoencoderKL(VaeConfig.of(8, List.of(8, 8), 1, 4, 4)),
                SchedulerConfig.stableDiffusion("DDIMScheduler"));
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = new DiffusionPipeline(
                        models, models.initPolicy(manager, seed), models.initVae(manager, 1), "tiny", manager)) {
            pipeline.save(directory);
        }
        return directory;
    }

    /** Writes a LoRA of random numbers for a model, in diffusers' form. */
    public static Path saveLora(Path model, Path file) {
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = DiffusionPipeline.load(model, "tiny", manager);
                PolicyLease base = pipeline.borrow();
                Lora lora = Lora.create(base.parameters(), new LoraOptions(2, 4, LoraOptions.ATTENTION), 1, manager);
                Autograd off = Autograd.disabled()) {
            lora.parameters().asMap().forEach((name, array) -> {
                if (name.endsWith("lora_B.weight")) {
                    array.addi(1);
                }
            });
            LoraFile.write(file, lora, base.parameters(), LoraFormat.DIFFUSERS, Map.of());
        }
        return file;
    }
}
