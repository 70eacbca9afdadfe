package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** ImageReward's head: linear layers without activations, dropout between the first ones (PAPER 6.1). */
record ScoreHead(VpScoreConfig config) {
    void init(Scope p, Initializer init) {
        int in = config.textWidth();
        double std = 1.0 / (in + 1);
        for (int i = 0; i < config.headWidths().size(); i++) {
            int out = config.headWidths().get(i);
            init.normal(layer(p, i), "weight", std, out, in);
            init.zeros(layer(p, i), "bias", out);
            in = out;
        }
    }

    /**
     * Rates hidden states.
     *
     * @param hidden [B, textWidth]
     * @param dropout the source of masks in training, null to leave dropout out
     * @return [B, outputs]
     */
    NDArray forward(Scope p, NDArray hidden, @Nullable RandomGenerator dropout) {
        NDArray x = hidden;
        for (int i = 0; i < config.headWidths().size(); i++) {
            x = Layers.linear(layer(p, i), x);
            if (dropout != null && i < config.headDropout().size()) {
                x = drop(x, config.headDropout().get(i), dropout);
            }
        }
        return x;
    }

    /** Gives the last layer another number of outputs with the same sum: they share it evenly. */
    void spread(Parameters parameters) {
        int last = config.headWidths().size() - 1;
        Scope layer = layer(parameters.scope(VpScore.HEAD), last);
        try (Autograd off = Autograd.disabled()) {
            for (String name : List.of("weight", "bias")) {
                NDArray share = Ops.scale(layer.get(name).sum(new int[] {0}, true), 1.0 / config.outputs());
                parameters.replace(layer.prefix() + name, share.repeat(0, config.outputs()));
            }
        }
    }

    /** In ImageReward's list of layers every dropout takes an index. */
    private Scope layer(Scope p, int index) {
        return p.scope("layers", index + Math.min(index, config.headDropout().size()));
    }

    private static NDArray drop(NDArray x, double rate, RandomGenerator random) {
        NDArray uniform = Noise.uniform(x.getManager(), random, 1, x.getShape());
        NDArray kept = uniform.gte(2 * rate - 1).toType(x.getDataType(), false);
        return x.mul(Ops.scale(kept, 1 / (1 - rate)));
    }
}
