package dev.preflow.stream;

import org.jspecify.annotations.Nullable;

/**
 * What a stage needs refuses all that it is asked, as an endpoint does with an expired key: no record is given up for it. The
 * stage tries on until that is mended, and is not ready meanwhile.
 */
public final class OutageException extends Exception {

    /**
     * @param message what refuses, and what mends it
     * @param cause why, if something lower down said so
     */
    public OutageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
