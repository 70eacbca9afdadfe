package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/** BLIP's image-grounded text encoder (Li et al. 2022): BERT whose layers also attend to the image's tokens. */
record ImageGroundedTextEncoder(VpScoreConfig config) {
    private static final double EPSILON = 1e-12;
    private static final double TABLE_STD = 0.5;
    private static final int EXPANSION = 4;

    void init(Scope p, Initializer init) {
        int width = config.textWidth();
        Scope embeddings = p.scope("embeddings");
        init.normal(embeddings.scope("word_embeddings"), "weight", TABLE_STD, config.vocabSize(), width);
        init.normal(embeddings.scope("position_embeddings"), "weight", TABLE_STD, config.maxPositions(), width);
        init.norm(embeddings.scope("LayerNorm"), width);
        for (int i = 0; i < config.textDepth(); i++) {
            Scope layer = p.scope("encoder").scope("layer", i);
            initAttention(layer.scope("attention"), init, width);
            initAttention(layer.scope("crossattention"), init, config.visionWidth());
            init.linear(layer.scope("intermediate").scope("dense"), width, EXPANSION * width, 1);
            init.linear(layer.scope("output").scope("dense"), EXPANSION * width, width, 1);
            init.norm(layer.scope("output").scope("LayerNorm"), width);
        }
    }

    private void initAttention(Scope p, Initializer init, int contextWidth) {
        int width = config.textWidth();
        Scope self = p.scope("self");
        init.linear(self.scope("query"), width, width, 1);
        init.linear(self.scope("key"), contextWidth, width, 1);
        init.linear(self.scope("value"), contextWidth, width, 1);
        init.linear(p.scope("output").scope("dense"), width, width, 1);
        init.norm(p.scope("output").scope("LayerNorm"), width);
    }

    /**
     * Reads texts beside images.
     *
     * @param image the image encoder's tokens, [B, N, W]
     * @return the class token's last hidden state, [B, textWidth]
     */
    NDArray forward(Scope p, TextBatch text, NDArray image) {
        NDArray hidden = embed(p.scope("embeddings"), text);
        int last = config.textDepth() - 1;
        for (int i = 0; i <= last; i++) {
            // of the last layer nobody sees more than the class token
            NDArray queries = i == last ? BlipOps.first(hidden) : hidden;
            Scope own = p.scope("encoder").scope("layer", i);
            hidden = Execution.SCOPED.run(
                    in -> layer(own, in.get(0), in.get(1), in.get(2), in.get(3)), queries, hidden, text.mask(), image);
        }
        return hidden.reshape(-1, config.textWidth());
    }

    private static NDArray embed(Scope p, TextBatch text) {
        NDArray words = Ops.embedding(text.ids(), p.scope("word_embeddings").get("weight"));
        NDArray range = text.ids().getManager().arange(0, text.length(), 1, DataType.INT64);
        NDArray positions = Ops.embedding(range, p.scope("position_embeddings").get("weight"));
        return Layers.layerNorm(p.scope("LayerNorm"), words.add(positions), EPSILON);
    }

    private NDArray layer(Scope p, NDArray queries, NDArray context, NDArray mask, NDArray image) {
        Scope self = p.scope("attention");
        NDArray read = BlipOps.maskedAttention(
                Layers.linear(self.scope("self").scope("query"), queries),
                Layers.linear(self.scope("self").scope("key"), context),
                Layers.linear(self.scope("self").scope("value"), context),
                config.textHeads(),
                mask);
        NDArray h = residual(self.scope("output"), read, queries);
        Scope cross = p.scope("crossattention");
        NDArray seen = BlipOps.attention(
                Layers.linear(cross.scope("self").scope("query"), h),
                Layers.linear(cross.scope("self").scope("key"), image),
                Layers.linear(cross.scope("self").scope("value"), image),
                config.textHeads());
        h = residual(cross.scope("output"), seen, h);
        NDArray inner = Ops.gelu(Layers.linear(p.scope("intermediate").scope("dense"), h));
        return residual(p.scope("output"), inner, h);
    }

    /** BERT's output module: a linear map, the shortcut, a normalisation. */
    private static NDArray residual(Scope p, NDArray branch, NDArray shortcut) {
        NDArray sum = Layers.linear(p.scope("dense"), branch).add(shortcut);
        return Layers.layerNorm(p.scope("LayerNorm"), sum, EPSILON);
    }
}
