package dev.preflow.stream.blob;

import java.io.IOException;

/** A blob that is not there, or whose bytes are not those that its name promises. */
public final class BlobException extends IOException {

    private final Kind kind;

    /**
     * @param kind what is wrong
     * @param message what is wrong with which blob
     */
    public BlobException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /**
     * What is wrong.
     *
     * @return missing or corrupt
     */
    public Kind kind() {
        return kind;
    }

    /** What can be wrong with a blob. */
    public enum Kind {
        /** There is no such blob. */
        MISSING,
        /** Its bytes do not have the digest that it is named by. */
        CORRUPT
    }
}
