package dev.preflow.models.weights;

import java.nio.file.Path;

/** A weights file that is not what it should be. */
public final class SafetensorsException extends RuntimeException {

    SafetensorsException(Path file, String problem) {
        super(file + ": " + problem);
    }

    SafetensorsException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
