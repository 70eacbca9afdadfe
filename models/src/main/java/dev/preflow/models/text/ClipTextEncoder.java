package dev.preflow.models.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * CLIP's text transformer (Radford et al. 2021), transformers' {@code CLIPTextModel}: pre-normalised layers with causal
 * attention over token and position embeddings.
 *
 * @param config sizes
 */
public record ClipTextEncoder(ClipTextConfig config) {

    /** The scope of all parameters, as published checkpoints name it. */
    public static final String ROOT = "text_model";

    private static final double TOKEN_DEVIATION = 1;
    private static final double POSITION_DEVIATION = 0.5;

    /** Adds new parameters. */
    public void init(Scope p, long seed) {
        Initializer init = new Initializer(p, seed);
        Scope model = p.scope(ROOT);
        int channels = config.hiddenSize();
        Scope embeddings = model.scope("embeddings");
        init.normal(embeddings, "token_embedding.weight", TOKEN_DEVIATION, config.vocabSize(), channels);
        init.normal(
                embeddings, "position_embedding.weight", POSITION_DEVIATION, config.maxPositionEmbeddings(), channels);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            initLayer(init, model.scope("encoder").scope("layers", i));
        }
        init.norm(model.scope("final_layer_norm"), channels);
    }

    private void initLayer(Initializer init, Scope p) {
        int channels = config.hiddenSize();
        init.norm(p.scope("layer_norm1"), channels);
        Scope attention = p.scope("self_attn");
        init.linear(attention.scope("q_proj"), channels, channels, 1);
        init.linear(attention.scope("k_proj"), channels, channels, 1);
        init.linear(attention.scope("v_proj"), channels, channels, 1);
        init.linear(attention.scope("out_proj"), channels, channels, Initializer.RESIDUAL);
        init.norm(p.scope("layer_norm2"), channels);
        init.linear(p.scope("mlp").scope("fc1"), channels, config.intermediateSize(), 1);
        init.linear(p.scope("mlp").scope("fc2"), config.intermediateSize(), channels, Initializer.RESIDUAL);
    }

    /**
     * The last hidden state after the final normalisation.
     *
     * @param ids token ids N×L, INT64, L at most {@code maxPositionEmbeddings}
     * @return N×L×C
     */
    public NDArray forward(Scope p, NDArray ids) {
        long length = ids.getShape().get(1);
        if (length > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException(
                    "Token sequences of length " + length + " exceed the encoder's " + config.maxPositionEmbeddings());
        }
        Scope model = p.scope(ROOT);
        NDArray tokens = Ops.embedding(ids, model.get("embeddings.token_embedding.weight"));
        NDArray positions = Ops.embedding(
                ids.getManager().arange((int) length).toType(DataType.INT64, false),
                model.get("embeddings.position_embedding.weight"));
        NDArray h = tokens.add(positions);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            h = layer(model.scope("encoder").scope("layers", i), h);
        }
        return Layers.layerNorm(model.scope("final_layer_norm"), h, config.layerNormEps());
    }

    private NDArray layer(Scope p, NDArray x) {
        NDArray h = x.add(
                attention(p.scope("self_attn"), Layers.layerNorm(p.scope("layer_norm1"), x, config.layerNormEps())));
        NDArray hidden = Layers.linear(
                p.scope("mlp").scope("fc1"), Layers.layerNorm(p.scope("layer_norm2"), h, config.layerNormEps()));
        NDArray active = config.hiddenAct().equals("gelu") ? Ops.gelu(hidden) : Ops.quickGelu(hidden);
        return h.add(Layers.linear(p.scope("mlp").scope("fc2"), active));
    }

    private NDArray attention(Scope p, NDArray x) {
        NDArray attended = Ops.multiHeadAttention(
                Layers.linear(p.scope("q_proj"), x),
                Layers.linear(p.scope("k_proj"), x),
                Layers.linear(p.scope("v_proj"), x),
                config.numAttentionHeads(),
                true);
        return Layers.linear(p.scope("out_proj"), attended);
    }
}
