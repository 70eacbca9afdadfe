package dev.preflow.models.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * CLIP's text transformer (Radford et al. 2021), transformers' {@code CLIPTextModel} and
 * {@code CLIPTextModelWithProjection}: pre-normalised layers with causal attention over token and position embeddings.
 *
 * @param config sizes
 */
public record ClipTextEncoder(ClipTextConfig config) {

    /** The scope of all parameters, as published checkpoints name it. */
    public static final String ROOT = "text_model";

    /** The scope of the projection, beside {@link #ROOT}. */
    public static final String PROJECTION = "text_projection";

    /** In configs before transformers 4.31, where it stands for the largest id in the text. */
    private static final int LEGACY_END = 2;

    private static final double TOKEN_DEVIATION = 1;
    private static final double POSITION_DEVIATION = 0.5;

    /** Adds new parameters. */
    public void init(Scope p, long seed) {
        initialize(new Initializer(seed), p);
    }

    /** The names and shapes of the parameters. */
    public NavigableMap<String, Shape> shapes() {
        return Initializer.shapes(this::initialize);
    }

    private void initialize(Initializer init, Scope p) {
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
        if (config.projects()) {
            init.linearWithoutBias(p.scope(PROJECTION), channels, config.projectionDim());
        }
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
        return normed(p, layers(p, embed(p, ids), 0, config.numHiddenLayers()));
    }

    /**
     * What SDXL takes from an encoder: the hidden state before the last layer, without normalisation, and the projected text
     * if the encoder projects.
     *
     * @param ids token ids N×L, INT64, L at most {@code maxPositionEmbeddings}, each row with an end of text
     */
    public TextStates penultimate(Scope p, NDArray ids) {
        int last = config.numHiddenLayers() - 1;
        NDArray before = layers(p, embed(p, ids), 0, last);
        return new TextStates(
                before, config.projects() ? pooled(p, normed(p, layers(p, before, last, last + 1)), ids) : null);
    }

    /** The last hidden state at each row's end of text, projected. */
    private NDArray pooled(Scope p, NDArray states, NDArray ids) {
        int rows = (int) ids.getShape().get(0);
        int length = (int) ids.getShape().get(1);
        long[] values = ids.toLongArray();
        long[] places = new long[rows];
        for (int row = 0; row < rows; row++) {
            places[row] = (long) row * length + end(Arrays.copyOfRange(values, row * length, (row + 1) * length));
        }
        NDArray ends = Ops.rows(states.reshape(new Shape((long) rows * length, config.hiddenSize())), places);
        return Layers.linear(p.scope(PROJECTION), ends);
    }

    private int end(long[] ids) {
        long end = config.eosTokenId() == LEGACY_END ? LongStream.of(ids).max().orElseThrow() : config.eosTokenId();
        return IntStream.range(0, ids.length)
                .filter(i -> ids[i] == end)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("A text has no end: eos_token_id " + end
                        + " of the encoder's config is not among the tokenizer's ids " + Arrays.toString(ids)));
    }

    private NDArray embed(Scope p, NDArray ids) {
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
        return tokens.add(positions);
    }

    private NDArray layers(Scope p, NDArray x, int from, int to) {
        NDArray h = x;
        for (int i = from; i < to; i++) {
            Scope layer = p.scope(ROOT).scope("encoder").scope("layers", i);
            h = Execution.SCOPED.run(in -> layer(layer, in.get(0)), h);
        }
        return h;
    }

    private NDArray normed(Scope p, NDArray x) {
        return Layers.layerNorm(p.scope(ROOT).scope("final_layer_norm"), x, config.layerNormEps());
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
