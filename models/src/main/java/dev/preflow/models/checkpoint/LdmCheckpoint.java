package dev.preflow.models.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.scheduler.PredictionType;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.models.weights.StateDict;
import dev.preflow.models.weights.TensorEntry;
import dev.preflow.models.weights.WeightsException;
import dev.preflow.models.weights.WeightsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A Stable Diffusion checkpoint in one file, under the names of latent diffusion's own code: what it is, its configs, and its
 * tensors under the names that diffusers and transformers have for them, behind the folder of each network ({@code unet.},
 * {@code vae.}, {@code text_encoder.}, {@code text_encoder_2.}). Opening reads the header only.
 */
public final class LdmCheckpoint implements AutoCloseable {

    private static final String PREDICTION = "modelspec.prediction_type";
    /** ComfyUI's name for the same. */
    private static final String PREDICT_KEY = "modelspec.predict_key";

    private static final String VELOCITY_MARK = "v_pred";
    /** Left by those who train the preconditioning of Karras et al. 2022, such as Playground v2.5 and CosXL. */
    private static final Set<String> EDM_MARKS = Set.of("edm_mean", "edm_std", "edm_vpred.sigma_max");

    private final Family family;
    private final LdmConfigs configs;
    private final StateDict tensors;

    private LdmCheckpoint(Family family, LdmConfigs configs, StateDict tensors) {
        this.family = family;
        this.configs = configs;
        this.tensors = tensors;
    }

    /**
     * Opens a file.
     *
     * @throws WeightsException naming the file, if it is not sound or no checkpoint of these families
     */
    public static LdmCheckpoint open(Path file) {
        WeightsFile weights = WeightsFile.open(file);
        try {
            requireKnownProcess(file, weights);
            LdmLayout layout = LdmLayout.of(file, shapes(weights));
            PredictionType prediction = prediction(layout.family(), weights);
            StateDict tensors = StateDict.of(weights, new LdmNames(layout));
            LdmConfigs configs = new LdmConfigs(file, layout.family(), tensors.shapes(), prediction);
            return new LdmCheckpoint(layout.family(), configs, tensors);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static void requireKnownProcess(Path file, WeightsFile weights) {
        EDM_MARKS.stream().filter(weights.entries()::containsKey).findFirst().ifPresent(mark -> {
            throw new WeightsException(
                    file,
                    "its tensor " + mark
                            + " says that it was trained with EDM's preconditioning, which is not supported");
        });
    }

    /** Whether a file of these names is such a checkpoint, as far as its U-Net says. */
    public static boolean recognises(WeightsFile file) {
        return LdmLayout.recognises(file.entries().keySet());
    }

    private static Map<String, Shape> shapes(WeightsFile file) {
        return file.entries().values().stream().collect(Collectors.toMap(TensorEntry::name, TensorEntry::shape));
    }

    /**
     * What the file says that its U-Net predicts: by the metadata of ModelSpec or by a tensor that merging tools leave. If it
     * says nothing, 2.x predicts the velocity, as its versions for 768 pixels do, and the others the noise.
     */
    private static PredictionType prediction(Family family, WeightsFile file) {
        String said = file.metadata().getOrDefault(PREDICTION, file.metadata().get(PREDICT_KEY));
        if (said != null) {
            return said.startsWith("v") ? PredictionType.V_PREDICTION : PredictionType.EPSILON;
        }
        boolean velocity = family == Family.SD2 || file.entries().containsKey(VELOCITY_MARK);
        return velocity ? PredictionType.V_PREDICTION : PredictionType.EPSILON;
    }

    /** The family. */
    public Family family() {
        return family;
    }

    /** The U-Net's config. */
    public UNetConfig unet() {
        return configs.unet();
    }

    /** The autoencoder's config. */
    public VaeConfig vae() {
        return configs.vae();
    }

    /** A text encoder's config: of {@code text_encoder} or, in SDXL, {@code text_encoder_2}. */
    public ClipTextConfig text(String part) {
        return configs.text(part);
    }

    /** The diffusion process and the sampler that the family was published with. */
    public SchedulerConfig scheduler() {
        return configs.scheduler();
    }

    /** The tensors. */
    public StateDict tensors() {
        return tensors;
    }

    /** The stored tensors of which the network of a prefix such as {@code unet.} is made. */
    public List<TensorEntry> stored(String prefix) {
        return tensors.stored(prefix);
    }

    @Override
    public void close() {
        tensors.close();
    }
}
