package dev.preflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class FailureTest {

    private static Failure.Kind kindOf(Throwable thrown) {
        return Failure.of(thrown).kind();
    }

    @Test
    void shouldTryAgainWhatMayPass() {
        assertThat(kindOf(new RetriableException("busy", null))).isEqualTo(Failure.Kind.RETRIABLE);
        assertThat(kindOf(new IOException("connection reset"))).isEqualTo(Failure.Kind.RETRIABLE);
        assertThat(kindOf(new java.util.concurrent.TimeoutException())).isEqualTo(Failure.Kind.RETRIABLE);
        assertThat(kindOf(new CompletionException(new IOException("reset")))).isEqualTo(Failure.Kind.RETRIABLE);
    }

    @Test
    void shouldNotBlameARecordForAnOutage() {
        assertThat(kindOf(new OutageException("the key has expired", null))).isEqualTo(Failure.Kind.OUTAGE);
        assertThat(kindOf(new org.apache.kafka.common.errors.TimeoutException()))
                .isEqualTo(Failure.Kind.OUTAGE);
        assertThat(kindOf(new NotLeaderOrFollowerException("moved"))).isEqualTo(Failure.Kind.OUTAGE);
        assertThat(kindOf(new TopicAuthorizationException("no permission"))).isEqualTo(Failure.Kind.OUTAGE);
    }

    @Test
    void shouldGiveUpWhatWillNotPass() {
        assertThat(Failure.of(new NonRetriableException("refused", "no")).reason())
                .isEqualTo("refused");
        assertThat(kindOf(new NonRetriableException("refused", "no"))).isEqualTo(Failure.Kind.FINAL);
        assertThat(kindOf(new RecordTooLargeException("2 MB"))).isEqualTo(Failure.Kind.FINAL);
        assertThat(kindOf(new SerializationException("no bytes"))).isEqualTo(Failure.Kind.FINAL);
        assertThat(Failure.of(new IllegalStateException("a bug")).reason()).isEqualTo("failed");
    }

    @Test
    void shouldKnowHowLongToStayAway() {
        assertThat(Failure.of(new RetriableException("busy", null, Duration.ofSeconds(7)))
                        .retryAfter())
                .contains(Duration.ofSeconds(7));
        assertThat(Failure.of(new RetriableException("busy", null)).retryAfter())
                .isEmpty();
    }
}
