package dev.preflow.stream;

import dev.preflow.schemas.TopicSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates topics, checks those that exist, and waits until every partition can be written. Blocks. */
public final class TopicCreator {

    private static final Logger log = LoggerFactory.getLogger(TopicCreator.class);
    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final long RETRY_MILLIS = 50;

    private final KafkaConnection connection;
    private final int replication;

    /**
     * A creator that leaves the number of copies to the broker's default.
     *
     * @param connection where the topics shall be
     */
    public TopicCreator(KafkaConnection connection) {
        this(connection, -1);
    }

    /**
     * @param connection where the topics shall be
     * @param replication copies of each; -1 for the broker's default
     */
    public TopicCreator(KafkaConnection connection, int replication) {
        this.connection = connection;
        this.replication = replication;
    }

    /**
     * Creates what is missing. Afterwards every partition has a leader that answers: a producer that writes to a topic right
     * after its creation can otherwise lose its sends until their delivery timeout.
     *
     * @param topics what shall be there
     * @throws IOException when Kafka cannot be reached, or a topic exists with another number of partitions
     */
    public void create(Collection<? extends TopicSpec<?>> topics) throws IOException {
        try (Admin admin = connection.admin()) {
            for (var topic : topics) {
                create(admin, topic);
            }
            awaitLeaders(admin, checkPartitions(admin, topics));
        } catch (ExecutionException e) {
            throw new IOException(
                    "Cannot create Preflow's topics: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while creating topics", e);
        }
    }

    private void create(Admin admin, TopicSpec<?> topic) throws ExecutionException, InterruptedException {
        var copies = replication < 0 ? Optional.<Short>empty() : Optional.of((short) replication);
        var wanted = new NewTopic(topic.name(), Optional.of(topic.partitions()), copies).configs(topic.config());
        try {
            admin.createTopics(List.of(wanted)).all().get();
            log.info("Created topic {} with {} partitions", topic.name(), topic.partitions());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static List<TopicPartition> checkPartitions(Admin admin, Collection<? extends TopicSpec<?>> topics)
            throws ExecutionException, InterruptedException, IOException {
        var partitions = new ArrayList<TopicPartition>();
        for (var topic : topics) {
            int found = awaitDescription(admin, topic.name());
            if (found != topic.partitions()) {
                throw new IOException(
                        ("Topic %s exists with %d partitions, not %d: set kafka.topics.partitions to what is "
                                        + "there, or another kafka.topics.prefix")
                                .formatted(topic.name(), found, topic.partitions()));
            }
            for (int partition = 0; partition < found; partition++) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        }
        return partitions;
    }

    private static int awaitDescription(Admin admin, String topic) throws ExecutionException, InterruptedException {
        return retry(() -> admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size());
    }

    private static void awaitLeaders(Admin admin, List<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        retry(() -> admin.listOffsets(latest).all().get());
    }

    private static <T> T retry(Attempt<T> attempt) throws ExecutionException, InterruptedException {
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        while (true) {
            try {
                return attempt.run();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof org.apache.kafka.common.errors.RetriableException)
                        || System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private interface Attempt<T> {
        T run() throws ExecutionException, InterruptedException;
    }
}
