package dev.preflow.scorer.store;

/** The preference store could not be read or written; the message names the folder. */
public final class StoreException extends RuntimeException {

    /**
     * A failure of the store.
     *
     * @param message names the folder or file and what was tried
     * @param cause what went wrong
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
