package dev.preflow.models.weights;

import java.nio.file.Path;

/** A weights file that is not what it should be. */
public final class WeightsException extends RuntimeException {

    /**
     * A problem of a file.
     *
     * @param problem what is wrong, and what was expected
     */
    public WeightsException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /**
     * A problem of a file that something else has caused.
     *
     * @param problem what is wrong, and what was expected
     */
    public WeightsException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
