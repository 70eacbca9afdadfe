package dev.preflow.app.demo;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.schemas.Rollouts;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads every topic from its beginning, without any of the stages' own bookkeeping, and says what is there, what is missing
 * and what is there twice.
 */
public final class TopicAudit {
    private static final long LIMIT_SECONDS = 120;

    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, Long> repeated = new TreeMap<>();
    private final Set<String> prompts = new HashSet<>();
    private final Map<String, Set<String>> endings = new HashMap<>();
    private final List<Release> releases = new ArrayList<>();
    private final Map<String, Instant> firstImages = new HashMap<>();

    private TopicAudit() {}

    /** Reads all that is on the topics now. Blocks. */
    public static TopicAudit of(KafkaConnection kafka, Topics topics) throws IOException, InterruptedException {
        TopicAudit audit = new TopicAudit();
        audit.read(kafka, "prompts", topics.prompts(), p -> p.getId(), p -> audit.prompts.add(p.getId()));
        audit.read(kafka, "images", topics.images(), Image::getId, audit::image);
        audit.read(kafka, "groups", topics.groups(), g -> g.getId(), g -> {});
        audit.read(kafka, "annotations", topics.annotations(), Annotation::getId, audit::annotation);
        audit.read(kafka, "preferences", topics.preferences(), p -> p.getId(), p -> {});
        audit.read(kafka, "scores", topics.scores(), s -> s.getImage().getId(), s -> {});
        audit.read(kafka, "rollouts", topics.rollouts(), r -> r.getImage().getId(), r -> {});
        audit.read(kafka, "deadLetters", topics.deadLetters(), DeadLetter::getId, audit::deadLetter);
        audit.read(kafka, "releases", topics.releases(), Release::getId, audit.releases::add);
        return audit;
    }

    private <T extends SpecificRecord> void read(
            KafkaConnection kafka, String name, TopicSpec<T> topic, Function<T, String> id, Consumer<T> take)
            throws IOException, InterruptedException {
        Set<String> seen = new HashSet<>();
        long[] total = new long[1];
        try (var reader = TopicReader.start(kafka, topic, TopicStart.beginning(), delivery -> {
            total[0]++;
            if (seen.add(id.apply(delivery.record()))) {
                take.accept(delivery.record());
            }
        })) {
            reader.caughtUp().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Cannot read the topic " + topic.name(), e);
        }
        counts.put(name, (long) seen.size());
        repeated.put(name, total[0] - seen.size());
    }

    private void image(Image image) {
        if (image.getPolicyRelease() != null) {
            firstImages.merge(image.getPolicyRelease(), image.getCreatedAt(), (a, b) -> a.isBefore(b) ? a : b);
        }
    }

    private void annotation(Annotation annotation) {
        if (!Rollouts.are(annotation.getImages())) {
            ended(annotation.getPromptId(), "judged");
        }
    }

    private void deadLetter(DeadLetter letter) {
        if (letter.getEndsPrompt() && letter.getPromptId() != null) {
            ended(letter.getPromptId(), "dead-lettered");
        }
    }

    private void ended(String prompt, String how) {
        endings.computeIfAbsent(prompt, key -> new HashSet<>()).add(how);
    }

    /** Distinct records by topic. */
    public Map<String, Long> counts() {
        return counts;
    }

    /** Prompts that have not ended. */
    public long lost() {
        return prompts.stream().filter(prompt -> !endings.containsKey(prompt)).count();
    }

    /** Records whose effect is there twice, and prompts that have ended in two ways. */
    public long duplicates() {
        long twice = endings.values().stream().filter(ways -> ways.size() > 1).count();
        return twice
                + repeated.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals("releases"))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }

    /** Number of a kind's releases. */
    public long releases(ReleaseKind kind) {
        return releases.stream().filter(release -> release.getKind() == kind).count();
    }

    /** Milliseconds from each policy release's publication to the first image of its weights, ascending. */
    public List<Long> hotSwapMillis() {
        return releases.stream()
                .filter(release -> release.getKind() == ReleaseKind.POLICY && firstImages.containsKey(release.getId()))
                .map(release -> Duration.between(release.getCreatedAt(), firstImages.get(release.getId()))
                        .toMillis())
                .sorted(Comparator.naturalOrder())
                .toList();
    }
}
