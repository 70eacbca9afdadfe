package dev.preflow.stream;

import dev.preflow.stream.observe.StageMetrics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer's side of a stage, on one thread: polls while there is room, hands records out, and commits, per partition, the
 * offset below which everything is done.
 */
final class StageLoop implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(StageLoop.class);
    private static final long POLL_WHEN_FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);

    private final String stage;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final StageOptions options;
    private final StageMetrics metrics;
    private final BlockingQueue<InFlight> ended;
    private final Consumer<InFlight> starter;
    private final Consumer<Set<TopicPartition>> assignment;
    private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
    private final ArrayDeque<InFlight> queued = new ArrayDeque<>();
    private int inFlight;
    private boolean commitsFail;
    private long lastPoll = System.nanoTime() - POLL_WHEN_FULL_NANOS;
    private long lastCommit = System.nanoTime();
    private long lastLag = System.nanoTime();

    /**
     * @param ended where the runner puts what is done or released
     * @param starter starts a record
     * @param assignment hears of the assigned partitions whenever they change, on the loop's thread
     */
    StageLoop(
            String stage,
            org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
            StageOptions options,
            StageMetrics metrics,
            BlockingQueue<InFlight> ended,
            Consumer<InFlight> starter,
            Consumer<Set<TopicPartition>> assignment) {
        this.stage = stage;
        this.consumer = consumer;
        this.options = options;
        this.metrics = metrics;
        this.ended = ended;
        this.starter = starter;
        this.assignment = assignment;
    }

    /** Works until told to stop, then drains; also when it fails. */
    void run(String topic, BooleanSupplier stopping) {
        consumer.subscribe(List.of(topic), this);
        try {
            while (!stopping.getAsBoolean()) {
                turn();
            }
        } finally {
            release(Set.copyOf(partitions.keySet()), true);
        }
    }

    private void turn() {
        collectEnded();
        startQueued();
        long now = System.nanoTime();
        if (now - lastCommit >= COMMIT_NANOS) {
            commitAsync();
            lastCommit = now;
        }
        if (now - lastLag >= LAG_NANOS) {
            measureLag();
            lastLag = now;
        }
        boolean full = inFlight >= options.maxInFlight() || !queued.isEmpty();
        if (full && now - lastPoll < POLL_WHEN_FULL_NANOS) {
            // only an end makes room: wait for one, and spare the broker
            awaitEnd(POLL_WHEN_FULL_NANOS - (now - lastPoll));
            return;
        }
        pauseWhereFull(full);
        lastPoll = now;
        for (var raw : consumer.poll(full ? Duration.ZERO : POLL)) {
            enqueue(raw);
        }
    }

    private void enqueue(ConsumerRecord<byte[], byte[]> raw) {
        var progress = partitions.get(new TopicPartition(raw.topic(), raw.partition()));
        if (progress != null) {
            var item = new InFlight(raw, progress);
            progress.add(item);
            queued.add(item);
        }
    }

    private void startQueued() {
        while (inFlight < options.maxInFlight() && !queued.isEmpty()) {
            inFlight++;
            starter.accept(queued.remove());
        }
        metrics.inFlight(inFlight);
    }

    private void collectEnded() {
        while (ended.poll() != null) {
            inFlight--;
        }
    }

    private void awaitEnd(long nanos) {
        try {
            if (ended.poll(nanos, TimeUnit.NANOSECONDS) != null) {
                inFlight--;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("The thread of stage " + stage + " was interrupted", e);
        }
    }

    private void pauseWhereFull(boolean full) {
        var paused = consumer.paused();
        for (var progress : partitions.values()) {
            boolean pause = full || progress.ahead() >= options.maxAhead();
            if (pause != paused.contains(progress.partition())) {
                var partition = List.of(progress.partition());
                if (pause) {
                    consumer.pause(partition);
                } else {
                    consumer.resume(partition);
                }
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        added.forEach(partition -> partitions.put(partition, new PartitionProgress(partition)));
        assignment.accept(Set.copyOf(partitions.keySet()));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        release(revoked, true);
        assignment.accept(Set.copyOf(partitions.keySet()));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        release(lost, false);
        assignment.accept(Set.copyOf(partitions.keySet()));
    }

    /** Starts nothing more for some partitions, lets what runs end within the drain limit, commits, and forgets them. */
    private void release(Collection<TopicPartition> gone, boolean commit) {
        var progress =
                gone.stream().map(partitions::get).filter(Objects::nonNull).toList();
        queued.removeIf(item -> progress.contains(item.partition()));
        progress.forEach(partition -> inFlight -= partition.release());
        if (commit) {
            long end = System.nanoTime() + options.drainLimit().toNanos();
            while (progress.stream().anyMatch(PartitionProgress::busy) && System.nanoTime() < end) {
                awaitEnd(POLL_WHEN_FULL_NANOS);
            }
            long cut = progress.stream().filter(PartitionProgress::busy).count();
            if (cut > 0) {
                log.warn(
                        "{}: unfinished after {} in {} partitions; it will be taken again",
                        stage,
                        options.drainLimit(),
                        cut);
            }
            commitSync(progress);
        }
        gone.forEach(partitions::remove);
    }

    private void commitAsync() {
        var offsets = uncommitted(partitions.values());
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, this::committed);
        }
    }

    private void committed(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable Exception failure) {
        if (failure != null) {
            offsets.keySet().stream()
                    .map(partitions::get)
                    .filter(Objects::nonNull)
                    .forEach(PartitionProgress::commitFailed);
            if (!commitsFail) {
                log.warn("{}: a commit failed, and will be repeated until one succeeds: {}", stage, failure.toString());
            }
        }
        commitsFail = failure != null;
    }

    private void commitSync(Collection<PartitionProgress> progress) {
        var offsets = uncommitted(progress);
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, COMMIT_LIMIT);
        } catch (KafkaException e) {
            // the group has moved on or Kafka is away: what was done is delivered again, and its ids make that harmless
            log.warn("{}: the last commit before giving partitions back failed: {}", stage, e.toString());
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> uncommitted(Collection<PartitionProgress> progress) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (var partition : progress) {
            if (partition.hasUncommitted()) {
                long watermark = partition.watermark();
                offsets.put(partition.partition(), new OffsetAndMetadata(watermark));
                partition.committed(watermark);
            }
        }
        return offsets;
    }

    private void measureLag() {
        long lag = 0;
        for (var progress : partitions.values()) {
            var behind = consumer.currentLag(progress.partition());
            if (behind.isEmpty()) {
                // not fetched yet: better the last figure than a wrong one
                return;
            }
            lag += behind.getAsLong() + progress.unfinished();
        }
        metrics.lag(lag);
    }
}
