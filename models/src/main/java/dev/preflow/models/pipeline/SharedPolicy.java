package dev.preflow.models.pipeline;

import dev.preflow.models.tensor.Parameters;

/** Weights with a count of their users; the last one to give them back closes them. */
final class SharedPolicy {

    private final Parameters parameters;
    private final String release;

    /** Starts with one user, the pipeline itself. */
    private int users = 1;

    SharedPolicy(Parameters parameters, String release) {
        this.parameters = parameters;
        this.release = release;
    }

    Parameters parameters() {
        return parameters;
    }

    String release() {
        return release;
    }

    /** Whether there is one more user now; false if the weights are closed already. */
    synchronized boolean take() {
        if (users == 0) {
            return false;
        }
        users++;
        return true;
    }

    synchronized void giveBack() {
        users--;
        if (users == 0) {
            parameters.close();
        }
    }
}
