package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.preflow.models.nn.ConfigJson;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.Scope;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.models.weights.StateDict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes diffusers' directories of {@code StableDiffusionPipeline}s and {@code StableDiffusionXLPipeline}s, and of
 * {@code StableDiffusionXLImg2ImgPipeline}s, as which SDXL's refiner is published.
 */
final class PipelineDirectory {

    static final String INDEX = "model_index.json";

    private static final String CLASS = "_class_name";
    private static final String PIPELINE = "StableDiffusionPipeline";
    private static final String PIPELINE_XL = "StableDiffusionXLPipeline";
    private static final String REFINER = "StableDiffusionXLImg2ImgPipeline";
    private static final String FORCE_ZEROS = "force_zeros_for_empty_prompt";
    private static final String SCORED = "requires_aesthetics_score";
    private static final String CONFIG = "config.json";
    private static final String SCHEDULER = "scheduler";
    private static final String TOKENIZER = "tokenizer";
    private static final String UNET = "unet";
    private static final String VAE = "vae";
    private static final String DIFFUSERS_WEIGHTS = "diffusion_pytorch_model";
    private static final String TRANSFORMERS_WEIGHTS = "model";

    private static final Pattern OLD_ATTENTION =
            Pattern.compile("(.*\\.mid_block\\.attentions\\.0\\.)(query|key|value|proj_attn)(\\..*)");
    private static final Map<String, String> ATTENTION_NAMES =
            Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

    private PipelineDirectory() {}

    static DiffusionPipeline load(
            Path directory,
            String release,
            UnaryOperator<SchedulerConfig> scheduler,
            Precision precision,
            NDManager parent) {
        PipelineModels models = models(directory, scheduler);
        DataType weights = precision.weights(parent.getDevice());
        Parameters policy = new Parameters(parent, weights);
        Parameters vae = new Parameters(parent, models.vae().config().weights(weights));
        try {
            read(
                    directory.resolve(UNET),
                    DIFFUSERS_WEIGHTS,
                    name -> name,
                    models.unet().shapes(),
                    policy.scope(PipelineModels.UNET));
            for (int i = 0; i < models.prompts().texts().size(); i++) {
                String name = models.prompts().prefix(i);
                read(
                        directory.resolve(name),
                        TRANSFORMERS_WEIGHTS,
                        PipelineDirectory::textName,
                        models.prompts().texts().get(i).encoder().shapes(),
                        policy.scope(name));
            }
            read(
                    directory.resolve(VAE),
                    DIFFUSERS_WEIGHTS,
                    PipelineDirectory::vaeName,
                    models.vae().shapes(),
                    vae.root());
            return new DiffusionPipeline(models, policy, vae, release, parent);
        } catch (RuntimeException e) {
            policy.close();
            vae.close();
            throw e;
        }
    }

    private static PipelineModels models(Path directory, UnaryOperator<SchedulerConfig> scheduler) {
        Index index = ConfigJson.read(directory.resolve(INDEX), Index.class, Map.of());
        try {
            List<PromptEncoder.Text> texts = new ArrayList<>();
            for (int i = 0; i < index.textEncoders(); i++) {
                texts.add(text(directory, i, index.refiner()));
            }
            return new PipelineModels(
                    new UNet2DConditionModel(
                            UNetConfig.read(directory.resolve(UNET).resolve(CONFIG))),
                    new PromptEncoder(texts, index.forcesZeros()),
                    new AutoencoderKL(VaeConfig.read(directory.resolve(VAE).resolve(CONFIG))),
                    scheduler.apply(
                            SchedulerConfig.load(directory.resolve(SCHEDULER).resolve("scheduler_config.json"))));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the pipeline in " + directory, e);
        }
    }

    private static PromptEncoder.Text text(Path directory, int index, boolean onlySecond) throws IOException {
        return new PromptEncoder.Text(
                new ClipTextEncoder(ClipTextConfig.read(directory
                        .resolve(PromptEncoder.prefix(index, onlySecond))
                        .resolve(CONFIG))),
                ClipTokenizer.load(directory.resolve(tokenizer(index, onlySecond))));
    }

    private static String tokenizer(int index, boolean onlySecond) {
        return index == 0 && !onlySecond ? TOKENIZER : TOKENIZER + PromptEncoder.SECOND;
    }

    /** What the index says beside the classes that load the folders, which their own configs say again. */
    private record Index(
            @JsonProperty(CLASS) String className,
            @Nullable Boolean forceZerosForEmptyPrompt,
            @Nullable Boolean requiresAestheticsScore) {
        private static final List<String> CLASSES = List.of(PIPELINE, PIPELINE_XL, REFINER);

        Index {
            if (!CLASSES.contains(className)) {
                throw new IllegalArgumentException(
                        CLASS + " " + className + ": only " + String.join(", ", CLASSES) + " are supported");
            }
        }

        /** SDXL's base can be saved as an image-to-image pipeline too: only the refiner asks for a score. */
        boolean refiner() {
            return className.equals(REFINER) && Boolean.TRUE.equals(requiresAestheticsScore);
        }

        int textEncoders() {
            return className.equals(PIPELINE) || refiner() ? 1 : 2;
        }

        boolean forcesZeros() {
            return !className.equals(PIPELINE) && !Boolean.FALSE.equals(forceZerosForEmptyPrompt);
        }
    }

    private static void read(
            Path folder,
            String name,
            UnaryOperator<@Nullable String> rename,
            Map<String, Shape> expected,
            Scope target) {
        try (StateDict tensors =
                StateDict.open(folder, WeightFiles.find(folder, name), StateDict.Mapping.names(rename))) {
            tensors.require(expected);
            tensors.readInto(target);
        }
    }

    /** Since version 5 transformers leaves the prefix of all names out; before it stored a constant index beside the weights. */
    private static @Nullable String textName(String stored) {
        if (stored.endsWith("position_ids")) {
            return null;
        }
        boolean whole = stored.startsWith(ClipTextEncoder.ROOT) || stored.startsWith(ClipTextEncoder.PROJECTION);
        return whole ? stored : ClipTextEncoder.ROOT + "." + stored;
    }

    /** The autoencoder's attention had other names when Stable Diffusion was published; diffusers reads them still. */
    private static String vaeName(String stored) {
        Matcher old = OLD_ATTENTION.matcher(stored);
        return old.matches() ? old.group(1) + ATTENTION_NAMES.get(old.group(2)) + old.group(3) : stored;
    }

    static void save(Path directory, PipelineModels models, Parameters policy, Parameters vae) {
        try {
            for (String folder : List.of(SCHEDULER, UNET, VAE)) {
                Files.createDirectories(directory.resolve(folder));
            }
            for (int i = 0; i < models.prompts().texts().size(); i++) {
                saveText(directory, i, models.prompts(), policy);
            }
            models.scheduler().save(directory.resolve(SCHEDULER).resolve("scheduler_config.json"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the pipeline to " + directory, e);
        }
        models.unet().config().write(directory.resolve(UNET).resolve(CONFIG));
        models.vae().config().write(directory.resolve(VAE).resolve(CONFIG));
        write(directory.resolve(UNET), DIFFUSERS_WEIGHTS, policy.scope(PipelineModels.UNET));
        write(directory.resolve(VAE), DIFFUSERS_WEIGHTS, vae.root());
        String className = models.refines() ? REFINER : models.prompts().pools() ? PIPELINE_XL : PIPELINE;
        ConfigJson.write(directory.resolve(INDEX), index(models), ConfigJson.diffusers(className));
    }

    private static void saveText(Path directory, int index, PromptEncoder prompts, Parameters policy)
            throws IOException {
        PromptEncoder.Text text = prompts.texts().get(index);
        Path folder = directory.resolve(prompts.prefix(index));
        Files.createDirectories(folder);
        text.encoder().config().write(folder.resolve(CONFIG));
        write(folder, TRANSFORMERS_WEIGHTS, policy.scope(prompts.prefix(index)));
        Path tokenizer = directory.resolve(tokenizer(index, prompts.onlySecond()));
        Files.createDirectories(tokenizer);
        text.tokenizer().save(tokenizer);
    }

    private static void write(Path folder, String name, Scope parameters) {
        SafetensorsWriter.write(folder.resolve(name + ".safetensors"), parameters.asMap(), Map.of("format", "pt"));
    }

    private static Map<String, Object> index(PipelineModels models) {
        Map<String, Object> index = new TreeMap<>();
        index.put(UNET, List.of("diffusers", "UNet2DConditionModel"));
        index.put(VAE, List.of("diffusers", "AutoencoderKL"));
        index.put(SCHEDULER, List.of("diffusers", models.scheduler().className()));
        PromptEncoder prompts = models.prompts();
        for (int i = 0; i < prompts.texts().size(); i++) {
            String className = prompts.texts().get(i).encoder().config().className();
            index.put(prompts.prefix(i), List.of("transformers", className));
            index.put(tokenizer(i, prompts.onlySecond()), List.of("transformers", "CLIPTokenizer"));
        }
        if (models.refines()) {
            index.put(PromptEncoder.prefix(0, false), Arrays.asList(null, null));
            index.put(TOKENIZER, Arrays.asList(null, null));
            index.put(SCORED, true);
        }
        index.put("feature_extractor", Arrays.asList(null, null));
        index.put("image_encoder", Arrays.asList(null, null));
        if (prompts.pools()) {
            index.put(FORCE_ZEROS, prompts.forceZerosForEmptyPrompt());
        } else {
            index.put("safety_checker", Arrays.asList(null, null));
            index.put("requires_safety_checker", false);
        }
        return index;
    }
}
