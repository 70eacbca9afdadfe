package dev.preflow.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * What a handler's failure means for its record.
 *
 * @param kind what to do
 * @param reason the dead letter's word, should it come to that
 * @param cause the failure itself
 */
record Failure(Kind kind, String reason, Throwable cause) {

    /** The word for bytes that are no record. */
    static final String UNDECODABLE = "undecodable";

    private static final String EXHAUSTED = "attempts-exhausted";
    private static final String FAILED = "failed";

    /** What to do about a failure. */
    enum Kind {
        /** Try again, a bounded number of times. */
        RETRIABLE,
        /** Kafka, or what else the stage needs, is away or refuses everything: no fault of the record, so try on. */
        OUTAGE,
        /** Give the record up. */
        FINAL
    }

    static Failure of(Throwable thrown) {
        var cause = unwrap(thrown);
        if (cause instanceof NonRetriableException given) {
            return new Failure(Kind.FINAL, given.reason(), cause);
        }
        if (cause instanceof OutageException || cause instanceof KafkaException && !isOfTheRecord(cause)) {
            return new Failure(Kind.OUTAGE, EXHAUSTED, cause);
        }
        if (cause instanceof RetriableException
                || cause instanceof IOException
                || cause instanceof TimeoutException
                || cause instanceof io.vertx.core.VertxException) {
            return new Failure(Kind.RETRIABLE, EXHAUSTED, cause);
        }
        return new Failure(Kind.FINAL, FAILED, cause);
    }

    /** Everything else that Kafka refuses, such as a missing permission, it would refuse of every record. */
    private static boolean isOfTheRecord(Throwable cause) {
        return cause instanceof RecordTooLargeException
                || cause instanceof RecordBatchTooLargeException
                || cause instanceof SerializationException
                || cause instanceof InvalidRecordException;
    }

    /** How long the other side asks to be left alone, when it said so. */
    Optional<Duration> retryAfter() {
        return cause instanceof RetriableException retriable ? retriable.retryAfter() : Optional.empty();
    }

    private static Throwable unwrap(Throwable thrown) {
        var cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
