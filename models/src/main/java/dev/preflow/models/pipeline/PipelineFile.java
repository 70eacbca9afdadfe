package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.checkpoint.Family;
import dev.preflow.models.checkpoint.LdmCheckpoint;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Reads a pipeline from one file, as Stable Diffusion was first published. What such a file lacks lies beside it, in the folder
 * that has its name without the suffix or else in its own: CLIP's vocabulary in {@code tokenizer/}, and, where something is not
 * as the family was published, configs in diffusers' folders.
 */
final class PipelineFile {

    private static final String VAE = "vae.";
    private static final String CONFIG = "config.json";
    /** OpenCLIP pads with the id 0, which is the exclamation mark. */
    private static final String OPEN_CLIP_PADDING = "!";

    private final Path file;
    private final Path beside;
    private final LdmCheckpoint checkpoint;

    private PipelineFile(Path file, LdmCheckpoint checkpoint) {
        this.file = file;
        this.beside = beside(file);
        this.checkpoint = checkpoint;
    }

    static DiffusionPipeline load(
            Path file,
            String release,
            UnaryOperator<SchedulerConfig> scheduler,
            Precision precision,
            NDManager parent) {
        try (LdmCheckpoint checkpoint = LdmCheckpoint.open(file)) {
            return new PipelineFile(file, checkpoint).pipeline(release, scheduler, precision, parent);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read what lies beside " + file, e);
        }
    }

    private static Path beside(Path file) {
        Path whole = file.toAbsolutePath();
        String name = whole.getFileName().toString();
        Path own = whole.resolveSibling(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
        return Files.isDirectory(own) ? own : whole.getParent();
    }

    private DiffusionPipeline pipeline(
            String release, UnaryOperator<SchedulerConfig> scheduler, Precision precision, NDManager parent)
            throws IOException {
        List<PromptEncoder.Text> texts = new ArrayList<>();
        texts.add(text(0, checkpoint.family() == Family.SD2));
        if (checkpoint.family() == Family.SDXL) {
            texts.add(text(1, true));
        }
        Path ownScheduler = beside.resolve("scheduler").resolve("scheduler_config.json");
        PipelineModels models = new PipelineModels(
                new UNet2DConditionModel(config(PipelineModels.UNET, UNetConfig::read, checkpoint::unet)),
                new PromptEncoder(texts, checkpoint.family() == Family.SDXL),
                new AutoencoderKL(config("vae", VaeConfig::read, checkpoint::vae)),
                scheduler.apply(
                        Files.exists(ownScheduler) ? SchedulerConfig.load(ownScheduler) : checkpoint.scheduler()));
        NavigableMap<String, Shape> expected = new TreeMap<>(models.policyShapes());
        models.vae().shapes().forEach((name, shape) -> expected.put(VAE + name, shape));
        checkpoint.tensors().require(expected);
        DataType weights = precision.weights(parent.getDevice());
        Parameters policy = new Parameters(parent, weights);
        Parameters vae = new Parameters(parent, models.vae().config().weights(weights));
        try {
            checkpoint.tensors().readInto(policy.root(), name -> name.startsWith(VAE) ? null : name);
            checkpoint
                    .tensors()
                    .readInto(vae.root(), name -> name.startsWith(VAE) ? name.substring(VAE.length()) : null);
            return new DiffusionPipeline(models, policy, vae, release, parent);
        } catch (RuntimeException e) {
            policy.close();
            vae.close();
            throw e;
        }
    }

    private PromptEncoder.Text text(int index, boolean openClip) throws IOException {
        String part = PromptEncoder.prefix(index, false);
        ClipTextConfig config = config(part, ClipTextConfig::read, () -> checkpoint.text(part));
        ClipTokenizer tokenizer = ClipTokenizer.load(tokenizer());
        return new PromptEncoder.Text(
                new ClipTextEncoder(config), openClip ? tokenizer.padded(OPEN_CLIP_PADDING) : tokenizer);
    }

    /** Both of SDXL's encoders have CLIP's vocabulary and differ in their padding only. */
    private Path tokenizer() throws IOException {
        Path folder = beside.resolve("tokenizer");
        if (!Files.isDirectory(folder)) {
            throw new IOException("There is no tokenizer for " + file + ", and a single file has none in it: put CLIP's"
                    + " vocab.json and merges.txt into " + folder);
        }
        return folder;
    }

    private <T> T config(String folder, Function<Path, T> read, Supplier<T> told) {
        Path own = beside.resolve(folder).resolve(CONFIG);
        return Files.exists(own) ? read.apply(own) : told.get();
    }
}
