package dev.preflow.app.feed;

import dev.preflow.schemas.Score;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads older scores from their topic. */
public final class TopicScoreHistory implements ScoreHistory {

    private static final Duration READ_LIMIT = Duration.ofSeconds(30);

    private final KafkaConnection kafka;
    private final TopicSpec<Score> topic;

    /**
     * A history.
     *
     * @param kafka where the topic is
     * @param topic the scores
     */
    public TopicScoreHistory(KafkaConnection kafka, TopicSpec<Score> topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    @Override
    public Page read(ScoreCursor from, ScoreCursor until, int limit) {
        var reading = new Reading(from, until, limit);
        var reader = TopicReader.start(kafka, topic, TopicStart.at(from.next()), reading::add);
        try {
            reader.caughtUp().onComplete(ignored -> reading.done.countDown());
            if (!reading.done.await(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("Kafka has not given the scores after " + from + " in " + READ_LIMIT);
            }
            // What retention has deleted or nobody can decode is never handed over: the end of the topic passes it too.
            return reading.page(reader.caughtUp().succeeded());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while reading scores", e);
        } finally {
            reader.close();
        }
    }

    private static final class Reading {

        private final ScoreCursor until;
        private final int limit;
        private final List<Scored> scores = new ArrayList<>();
        private final CountDownLatch done = new CountDownLatch(1);
        private ScoreCursor position;

        Reading(ScoreCursor from, ScoreCursor until, int limit) {
            this.position = from;
            this.until = until;
            this.limit = limit;
        }

        synchronized void add(Delivery<Score> delivery) {
            if (done.getCount() == 0) {
                return;
            }
            var scored = new Scored(delivery.partition(), delivery.offset(), delivery.record());
            position = position.past(scored);
            scores.add(scored);
            if (scores.size() >= limit || position.reached(until)) {
                done.countDown();
            }
        }

        synchronized Page page(boolean atEnd) {
            boolean full = scores.size() >= limit;
            return new Page(List.copyOf(scores), atEnd && !full ? position.past(until) : position);
        }
    }
}
