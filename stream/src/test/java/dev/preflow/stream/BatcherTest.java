package dev.preflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatcherTest {

    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private Batcher<Integer, Integer> batcher(int maxBatch, Duration linger) {
        return new Batcher<>("squares", maxBatch, linger, item -> item % 2, items -> {
            gate.await();
            batches.add(items);
            if (items.contains(13)) {
                throw new IllegalArgumentException("13 is bad");
            }
            return items.stream().map(item -> item * item).toList();
        });
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.await(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldWorkTogetherOnWhatWaitsTogetherAndFitsOldestFirst() throws Exception {
        try (var batcher = batcher(3, Duration.ZERO)) {
            var first = batcher.submit(100);
            await().until(() -> batcher.waiting() == 0);
            var results = new ArrayList<Future<Integer>>();
            for (int item : new int[] {1, 2, 3, 4, 5, 6, 7}) {
                results.add(batcher.submit(item));
            }
            gate.countDown();

            assertThat(get(first)).isEqualTo(10_000);
            for (int i = 0; i < results.size(); i++) {
                assertThat(get(results.get(i))).isEqualTo((i + 1) * (i + 1));
            }
        }
        assertThat(batches).containsExactly(List.of(100), List.of(1, 3, 5), List.of(2, 4, 6), List.of(7));
    }

    @Test
    void shouldFailTheBadItemOnly() throws Exception {
        try (var batcher = batcher(4, Duration.ZERO)) {
            batcher.submit(0);
            await().until(() -> batcher.waiting() == 0);
            var good = batcher.submit(11);
            var bad = batcher.submit(13);
            var better = batcher.submit(15);
            gate.countDown();

            assertThat(get(good)).isEqualTo(121);
            assertThat(get(better)).isEqualTo(225);
            assertThatThrownBy(() -> get(bad)).hasMessageContaining("13 is bad");
        }
    }

    @Test
    void shouldGoOnAfterAnErrorWhichIsNoItemsFault() throws Exception {
        try (var batcher = new Batcher<Integer, Integer>("short of memory", 2, Duration.ZERO, item -> 0, items -> {
            if (items.contains(1)) {
                throw new OutOfMemoryError("for a test");
            }
            return items;
        })) {
            assertThatThrownBy(() -> get(batcher.submit(1)))
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("for a test");
            assertThat(get(batcher.submit(2))).isEqualTo(2);
        }
    }

    @Test
    void shouldWaitForOthersButNoLongerThanItsLinger() throws Exception {
        gate.countDown();
        try (var batcher = batcher(4, Duration.ofMillis(300))) {
            var one = batcher.submit(2);
            var two = batcher.submit(4);
            get(one);
            get(two);
            assertThat(batches).containsExactly(List.of(2, 4));

            // a full batch does not wait
            var filled = new Batcher<Integer, Integer>("full", 2, Duration.ofHours(1), item -> 0, items -> items);
            filled.submit(1);
            assertThat(get(filled.submit(2))).isEqualTo(2);
            filled.close();
        }
    }

    @Test
    void shouldFinishWhatWaitsWhenClosedAndTakeNothingMore() throws Exception {
        var batcher = batcher(2, Duration.ofHours(1));
        var one = batcher.submit(2);
        gate.countDown();
        batcher.close();

        assertThat(get(one)).isEqualTo(4);
        assertThatThrownBy(() -> get(batcher.submit(3))).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void shouldGiveUpWhatWaitsButFinishTheBatchAtHand() throws Exception {
        var batcher = batcher(1, Duration.ZERO);
        var running = batcher.submit(2);
        await().until(() -> batcher.waiting() == 0);
        var waiting = batcher.submit(4);

        batcher.cancelWaiting();

        assertThatThrownBy(() -> get(waiting)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> get(batcher.submit(6))).isInstanceOf(RejectedExecutionException.class);
        gate.countDown();
        assertThat(get(running)).isEqualTo(4);
        batcher.close();
        assertThat(batches).containsExactly(List.of(2));
    }

    @Test
    void shouldAnswerOnTheCallersContext() throws Exception {
        gate.countDown();
        var vertx = Vertx.vertx();
        try (var batcher = batcher(2, Duration.ZERO)) {
            Promise<Boolean> same = Promise.promise();
            Context context = vertx.getOrCreateContext();
            context.runOnContext(ignored ->
                    batcher.submit(3).onComplete(result -> same.complete(Vertx.currentContext() == context)));

            assertThat(get(same.future())).isTrue();
        } finally {
            vertx.close().await();
        }
    }
}
