package dev.preflow.schemas;

import org.jspecify.annotations.Nullable;

/** Bytes that are not a record of the expected kind; the message says in what way. */
public final class UndecodableException extends Exception {

    /**
     * @param message what is wrong with the bytes
     */
    public UndecodableException(String message) {
        this(message, null);
    }

    /**
     * @param message what is wrong with the bytes
     * @param cause what Avro made of them
     */
    public UndecodableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
