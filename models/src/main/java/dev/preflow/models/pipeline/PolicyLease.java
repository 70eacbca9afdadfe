package dev.preflow.models.pipeline;

import dev.preflow.models.tensor.Parameters;

/** Weights in use: they stay open until the lease is closed, even if they are swapped meanwhile. Used by one thread. */
public final class PolicyLease implements AutoCloseable {

    private final SharedPolicy policy;
    private boolean open = true;

    PolicyLease(SharedPolicy policy) {
        this.policy = policy;
    }

    /** The U-Net's and the text encoder's parameters. */
    public Parameters parameters() {
        return policy.parameters();
    }

    /** The release that the parameters are. */
    public String release() {
        return policy.release();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            policy.giveBack();
        }
    }
}
