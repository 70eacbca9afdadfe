package dev.preflow.app.watch;

import dev.preflow.app.feed.ScoreFilter;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.schemas.Rollouts;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Prints what comes on the topics, each event as one line, until there were enough or the reader of the lines has gone. */
public final class Watcher implements AutoCloseable {

    private final PrintWriter out;
    private final WatchFormat format;
    private final ScoreFilter filter;
    private final CountDownLatch done = new CountDownLatch(1);
    private final List<TopicReader<?>> readers = new ArrayList<>();
    private long left;

    /**
     * A watcher, not yet started.
     *
     * @param out where lines go
     * @param format how they look
     * @param filter which scores
     * @param limit how many lines at most, from 1
     */
    public Watcher(PrintWriter out, WatchFormat format, ScoreFilter filter, long limit) {
        this.out = out;
        this.format = format;
        this.filter = filter;
        this.left = limit;
    }

    /**
     * Starts to follow.
     *
     * @param kafka what to follow
     * @param start where to start
     * @param scoresOnly whether annotations and dead letters are left out
     */
    public void start(KafkaContact kafka, TopicStart start, boolean scoresOnly) {
        var connection = kafka.connection();
        var topics = kafka.topics();
        readers.add(TopicReader.start(connection, topics.scores(), start, delivery -> {
            if (filter.test(delivery.record())) {
                print(format.line(delivery.record()));
            }
        }));
        if (!scoresOnly) {
            readers.add(TopicReader.start(connection, topics.annotations(), start, delivery -> {
                if (!Rollouts.are(delivery.record().getImages())) {
                    print(format.line(delivery.record()));
                }
            }));
            readers.add(TopicReader.start(
                    connection, topics.deadLetters(), start, delivery -> print(format.line(delivery.record()))));
        }
    }

    /**
     * Waits until the limit is reached or nobody reads the lines any more.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    public void await() throws InterruptedException {
        done.await();
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
    }

    private synchronized void print(String line) {
        if (left <= 0) {
            return;
        }
        out.println(line);
        left--;
        if (out.checkError() || left == 0) {
            left = 0;
            done.countDown();
        }
    }
}
