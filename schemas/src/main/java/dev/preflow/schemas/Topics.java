package dev.preflow.schemas;

import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * The catalogue of topics.
 *
 * <p>Every topic keyed by prompt id has the same number of partitions, so that what belongs to one prompt lies in partitions of
 * one number; the group assembly joins images with dead letters on that.
 *
 * @param prefix goes before every name
 * @param prompts what users ask for; key: prompt id
 * @param tasks images to draw; key: task id
 * @param images drawn images; key: prompt id
 * @param groups images of a prompt, to be judged; key: prompt id
 * @param annotations what annotators said; key: prompt id
 * @param preferences pairs that follow from the ratings; key: prompt id
 * @param scores VP-Score's scores; key: prompt id
 * @param rollouts trajectories with rewards; key: prompt id
 * @param releases new weights; key: kind of release; compacted
 * @param deadLetters what could not be handled; key: prompt id where it is known, else the original key
 */
public record Topics(
        String prefix,
        TopicSpec<Prompt> prompts,
        TopicSpec<GenerationTask> tasks,
        TopicSpec<Image> images,
        TopicSpec<ImageGroup> groups,
        TopicSpec<Annotation> annotations,
        TopicSpec<Preference> preferences,
        TopicSpec<Score> scores,
        TopicSpec<Rollout> rollouts,
        TopicSpec<Release> releases,
        TopicSpec<DeadLetter> deadLetters) {

    /** The prefix unless one is configured. */
    public static final String DEFAULT_PREFIX = "preflow.";

    /** The number of partitions unless one is configured. */
    public static final int DEFAULT_PARTITIONS = 4;

    private static final Duration FEEDBACK_RETENTION = Duration.ofDays(30);
    private static final Duration WORK_RETENTION = Duration.ofDays(7);

    /**
     * The catalogue with the default number of partitions.
     *
     * @param prefix goes before every name
     * @return the catalogue
     */
    public static Topics withPrefix(String prefix) {
        return of(prefix, DEFAULT_PARTITIONS);
    }

    /**
     * The catalogue.
     *
     * @param prefix goes before every name
     * @param partitions of every topic but the releases, from 1
     * @return the catalogue
     */
    public static Topics of(String prefix, int partitions) {
        var make = new Maker(prefix, partitions, SchemaStore.released());
        return new Topics(
                prefix,
                make.topic("prompts", Prompt.class, FEEDBACK_RETENTION),
                make.topic("tasks", GenerationTask.class, WORK_RETENTION),
                make.topic("images", Image.class, FEEDBACK_RETENTION),
                make.topic("groups", ImageGroup.class, FEEDBACK_RETENTION),
                make.topic("annotations", Annotation.class, FEEDBACK_RETENTION),
                make.topic("preferences", Preference.class, FEEDBACK_RETENTION),
                make.topic("scores", Score.class, FEEDBACK_RETENTION),
                make.topic("rollouts", Rollout.class, WORK_RETENTION),
                // one partition: releases of a kind are totally ordered
                new TopicSpec<>(prefix + "releases", make.codec(Release.class), 1, WORK_RETENTION, true),
                make.topic("dead-letters", DeadLetter.class, FEEDBACK_RETENTION));
    }

    /**
     * Every topic, in the data's way.
     *
     * @return the ten topics
     */
    public List<TopicSpec<?>> all() {
        return List.of(
                prompts, tasks, images, groups, annotations, preferences, scores, rollouts, releases, deadLetters);
    }

    private record Maker(String prefix, int partitions, SchemaStore store) {

        <T extends SpecificRecord> Codec<T> codec(Class<T> type) {
            return Codec.of(type, store);
        }

        <T extends SpecificRecord> TopicSpec<T> topic(String name, Class<T> type, Duration retention) {
            return new TopicSpec<>(prefix + name, codec(type), partitions, retention, false);
        }
    }
}
