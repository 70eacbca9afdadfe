package dev.preflow.models.optim;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TorchScript;

/** An exponential moving average of a network's parameters; what is served is steadier than what is trained. */
public final class Ema implements AutoCloseable {
    private static final TorchScript LERP = TorchScript.compile("""
              def lerp(self: __torch__.M, a: List[Tensor], p: List[Tensor], w: float) -> Tensor:
                torch._foreach_lerp_(a, p, w)
                return a[0]
            """);

    private final Parameters source;
    private final Parameters average;
    private final double decay;

    /**
     * Starts from the parameters as they are.
     *
     * @param source the parameters that are trained
     * @param decay share of the old average that an update keeps, in [0, 1)
     */
    public Ema(Parameters source, NDManager parent, double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("The average's decay is " + decay + "; it must be in [0, 1)");
        }
        this.source = source;
        this.average = source.copy(parent);
        this.decay = decay;
    }

    /**
     * Moves the average towards the parameters. Early updates keep less, {@code (1 + step) / (10 + step)} at most, so that
     * the random start is soon forgotten.
     *
     * @param step number of updates before this one
     */
    public void update(long step) {
        double kept = Math.min(decay, (1.0 + step) / (10.0 + step));
        try (NDManager scope = average.manager().newSubManager();
                Autograd off = Autograd.disabled()) {
            LERP.callOnList(
                    scope, "lerp", average.asMap().values(), source.asMap().values(), 1 - kept);
        }
    }

    /** Starts over from the parameters as they are. */
    public void reset() {
        average.assignFrom(source);
    }

    /** The average itself: it changes with the next update. */
    public Parameters average() {
        return average;
    }

    @Override
    public void close() {
        average.close();
    }
}
