package dev.preflow.models.text;

import dev.preflow.models.nn.ConfigJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The config of transformers' {@code CLIPTextModel}.
 *
 * @param vocabSize number of token ids
 * @param hiddenSize channels of the hidden states
 * @param intermediateSize channels inside the feed-forward layers
 * @param numHiddenLayers number of transformer layers
 * @param numAttentionHeads heads of each attention
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param hiddenAct {@code quick_gelu} or {@code gelu}
 * @param layerNormEps epsilon of the normalisations
 */
public record ClipTextConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int maxPositionEmbeddings,
        @Nullable String hiddenAct,
        @Nullable Double layerNormEps) {

    /** Fills in transformers' defaults and checks the values. */
    public ClipTextConfig {
        hiddenAct = ConfigJson.orElse(hiddenAct, "quick_gelu");
        layerNormEps = ConfigJson.orElse(layerNormEps, 1e-5);
        if (!List.of("quick_gelu", "gelu").contains(hiddenAct)) {
            throw new IllegalArgumentException(
                    "hidden_act " + hiddenAct + " is not supported: quick_gelu and gelu are");
        }
        if (numAttentionHeads < 1 || hiddenSize % numAttentionHeads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size " + hiddenSize + " is not a multiple of num_attention_heads " + numAttentionHeads);
        }
    }

    /** Reads {@code config.json}. */
    public static ClipTextConfig read(Path file) {
        return ConfigJson.read(file, ClipTextConfig.class, Map.of("model_type", "clip_text_model"));
    }

    /** Writes {@code config.json} in the form that transformers loads. */
    public void write(Path file) {
        ConfigJson.write(
                file,
                this,
                Map.of(
                        "architectures", List.of("CLIPTextModel"),
                        "model_type", "clip_text_model",
                        "torch_dtype", "float32"));
    }
}
