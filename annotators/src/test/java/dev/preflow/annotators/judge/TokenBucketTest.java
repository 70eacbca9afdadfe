package dev.preflow.annotators.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void shouldSpaceOutWhatTheBurstDoesNotCover() {
        var bucket = new TokenBucket(60, 2, 0);
        bucket.take(1, 0);
        bucket.take(1, 0);
        assertThat(bucket.nanosUntil(1, 0)).isEqualTo(SECOND);
        assertThat(bucket.nanosUntil(1, SECOND)).isZero();
    }

    @Test
    void shouldPayDebtsBeforeAnythingElse() {
        var bucket = new TokenBucket(60, 1, 0);
        bucket.take(11, 0);
        assertThat(bucket.nanosUntil(0, 0)).isEqualTo(10 * SECOND);
        assertThat(bucket.nanosUntil(0, 10 * SECOND)).isZero();
    }

    @Test
    void shouldNotSaveUpMoreThanItHolds() {
        var bucket = new TokenBucket(60, 2, 0);
        bucket.take(2, 3600 * SECOND);
        assertThat(bucket.nanosUntil(1, 3600 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void shouldNotLimitWithoutALimit() {
        var bucket = new TokenBucket(0, 1, 0);
        bucket.take(1_000_000, 0);
        assertThat(bucket.nanosUntil(1_000_000, 0)).isZero();
    }
}
