package dev.preflow.models.text;

import dev.preflow.models.nn.ConfigJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The config of transformers' {@code CLIPTextModel} or {@code CLIPTextModelWithProjection}.
 *
 * @param architectures the class that loads it, one of those two
 * @param vocabSize number of token ids
 * @param hiddenSize channels of the hidden states
 * @param intermediateSize channels inside the feed-forward layers
 * @param numHiddenLayers number of transformer layers
 * @param numAttentionHeads heads of each attention
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param hiddenAct {@code quick_gelu} or {@code gelu}
 * @param layerNormEps epsilon of the normalisations
 * @param projectionDim channels of the projected text, which only the class with projection has
 * @param eosTokenId the id of the end of text, where the state is pooled; 2 in older configs, which stands for the largest id
 */
public record ClipTextConfig(
        @Nullable List<String> architectures,
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int maxPositionEmbeddings,
        @Nullable String hiddenAct,
        @Nullable Double layerNormEps,
        @Nullable Integer projectionDim,
        @Nullable Integer eosTokenId) {

    private static final String PLAIN = "CLIPTextModel";
    private static final String PROJECTING = "CLIPTextModelWithProjection";
    private static final int CLIP_PROJECTION = 512;
    private static final int CLIP_END = 49407;

    /** Fills in transformers' defaults and checks the values. */
    public ClipTextConfig {
        architectures = List.copyOf(ConfigJson.orElse(architectures, List.of(PLAIN)));
        hiddenAct = ConfigJson.orElse(hiddenAct, "quick_gelu");
        layerNormEps = ConfigJson.orElse(layerNormEps, 1e-5);
        projectionDim = ConfigJson.orElse(projectionDim, CLIP_PROJECTION);
        eosTokenId = ConfigJson.orElse(eosTokenId, CLIP_END);
        if (architectures.size() != 1 || !List.of(PLAIN, PROJECTING).contains(architectures.get(0))) {
            throw new IllegalArgumentException(
                    "architectures " + architectures + ": one of " + PLAIN + " and " + PROJECTING + " is supported");
        }
        if (!List.of("quick_gelu", "gelu").contains(hiddenAct)) {
            throw new IllegalArgumentException(
                    "hidden_act " + hiddenAct + " is not supported: quick_gelu and gelu are");
        }
        if (numAttentionHeads < 1 || hiddenSize % numAttentionHeads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size " + hiddenSize + " is not a multiple of num_attention_heads " + numAttentionHeads);
        }
    }

    /** An encoder of these sizes in the form of Stable Diffusion 1.x, with transformers' defaults for all else. */
    public static ClipTextConfig of(
            int vocabSize,
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int maxPositionEmbeddings) {
        return new ClipTextConfig(
                null,
                vocabSize,
                hiddenSize,
                intermediateSize,
                numHiddenLayers,
                numAttentionHeads,
                maxPositionEmbeddings,
                null,
                null,
                null,
                null);
    }

    /** Whether the encoder also gives one projected vector for a whole text. */
    public boolean projects() {
        return architectures.contains(PROJECTING);
    }

    /** The transformers class that loads it. */
    public String className() {
        return architectures.get(0);
    }

    /** Reads {@code config.json}. */
    public static ClipTextConfig read(Path file) {
        return ConfigJson.read(file, ClipTextConfig.class, Map.of("model_type", "clip_text_model"));
    }

    /** Writes {@code config.json} in the form that transformers loads. */
    public void write(Path file) {
        ConfigJson.write(file, this, Map.of("model_type", "clip_text_model", "torch_dtype", "float32"));
    }
}
