package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.nn.ConfigJson;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Reads and writes diffusers' directories of {@code StableDiffusionPipeline}s. */
final class PipelineDirectory {

    private static final String INDEX = "model_index.json";
    private static final String PIPELINE = "StableDiffusionPipeline";
    private static final String CONFIG = "config.json";
    private static final String SCHEDULER = "scheduler";
    private static final String TOKENIZER = "tokenizer";
    private static final String TEXT_ENCODER = "text_encoder";
    private static final String UNET = "unet";
    private static final String VAE = "vae";
    private static final String DIFFUSERS_WEIGHTS = "diffusion_pytorch_model";
    private static final String TRANSFORMERS_WEIGHTS = "model";

    private PipelineDirectory() {}

    static DiffusionPipeline load(
            Path directory, String release, UnaryOperator<SchedulerConfig> scheduler, NDManager parent) {
        PipelineModels models = models(directory, scheduler);
        Parameters policy = new Parameters(parent);
        Parameters vae = new Parameters(parent);
        try {
            read(directory.resolve(UNET), DIFFUSERS_WEIGHTS, policy.scope(PipelineModels.UNET));
            readText(directory.resolve(TEXT_ENCODER), policy.scope(PipelineModels.TEXT_ENCODER));
            read(directory.resolve(VAE), DIFFUSERS_WEIGHTS, vae.root());
            return new DiffusionPipeline(models, policy, vae, release, parent);
        } catch (RuntimeException e) {
            policy.close();
            vae.close();
            throw e;
        }
    }

    private static PipelineModels models(Path directory, UnaryOperator<SchedulerConfig> scheduler) {
        ConfigJson.read(directory.resolve(INDEX), Index.class, Map.of("_class_name", PIPELINE));
        try {
            return new PipelineModels(
                    new UNet2DConditionModel(
                            UNetConfig.read(directory.resolve(UNET).resolve(CONFIG))),
                    new ClipTextEncoder(
                            ClipTextConfig.read(directory.resolve(TEXT_ENCODER).resolve(CONFIG))),
                    new AutoencoderKL(VaeConfig.read(directory.resolve(VAE).resolve(CONFIG))),
                    ClipTokenizer.load(directory.resolve(TOKENIZER)),
                    scheduler.apply(
                            SchedulerConfig.load(directory.resolve(SCHEDULER).resolve("scheduler_config.json"))));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the pipeline in " + directory, e);
        }
    }

    /** The index says only which classes load the folders; their own configs say it again. */
    private record Index() {}

    private static void read(Path folder, String name, Scope target) {
        WeightFiles.find(folder, name).forEach(file -> SafetensorsReader.readInto(file, target, tensor -> true));
    }

    /** Since version 5 transformers leaves the prefix of all names out; before it stored a constant index beside the weights. */
    private static void readText(Path folder, Scope target) {
        for (Path file : WeightFiles.find(folder, TRANSFORMERS_WEIGHTS)) {
            boolean prefixed;
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                prefixed = reader.entries().keySet().stream().anyMatch(name -> name.startsWith(ClipTextEncoder.ROOT));
            }
            SafetensorsReader.readInto(
                    file,
                    prefixed ? target : target.scope(ClipTextEncoder.ROOT),
                    tensor -> !tensor.endsWith("position_ids"));
        }
    }

    static void save(Path directory, PipelineModels models, Parameters policy, Parameters vae) {
        try {
            for (String folder : List.of(SCHEDULER, TOKENIZER, TEXT_ENCODER, UNET, VAE)) {
                Files.createDirectories(directory.resolve(folder));
            }
            models.tokenizer().save(directory.resolve(TOKENIZER));
            models.scheduler().save(directory.resolve(SCHEDULER).resolve("scheduler_config.json"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the pipeline to " + directory, e);
        }
        models.unet().config().write(directory.resolve(UNET).resolve(CONFIG));
        models.textEncoder().config().write(directory.resolve(TEXT_ENCODER).resolve(CONFIG));
        models.vae().config().write(directory.resolve(VAE).resolve(CONFIG));
        write(directory.resolve(UNET), DIFFUSERS_WEIGHTS, policy.scope(PipelineModels.UNET));
        write(directory.resolve(TEXT_ENCODER), TRANSFORMERS_WEIGHTS, policy.scope(PipelineModels.TEXT_ENCODER));
        write(directory.resolve(VAE), DIFFUSERS_WEIGHTS, vae.root());
        ConfigJson.write(directory.resolve(INDEX), index(models), ConfigJson.diffusers(PIPELINE));
    }

    private static void write(Path folder, String name, Scope parameters) {
        SafetensorsWriter.write(folder.resolve(name + ".safetensors"), parameters.asMap(), Map.of("format", "pt"));
    }

    private static Map<String, Object> index(PipelineModels models) {
        Map<String, Object> index = new TreeMap<>();
        index.put(UNET, List.of("diffusers", "UNet2DConditionModel"));
        index.put(VAE, List.of("diffusers", "AutoencoderKL"));
        index.put(SCHEDULER, List.of("diffusers", models.scheduler().className()));
        index.put(TEXT_ENCODER, List.of("transformers", "CLIPTextModel"));
        index.put(TOKENIZER, List.of("transformers", "CLIPTokenizer"));
        for (String absent : List.of("feature_extractor", "image_encoder", "safety_checker")) {
            index.put(absent, Arrays.asList(null, null));
        }
        index.put("requires_safety_checker", false);
        return index;
    }
}
