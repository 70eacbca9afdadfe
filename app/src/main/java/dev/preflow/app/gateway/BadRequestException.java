package dev.preflow.app.gateway;

/** What a client sent cannot be taken; the message is for the client. */
final class BadRequestException extends RuntimeException {

    private static final int BAD_REQUEST = 400;

    private final int status;

    BadRequestException(String message) {
        this(BAD_REQUEST, message);
    }

    BadRequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
