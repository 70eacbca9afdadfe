package dev.preflow.stream;

import dev.preflow.schemas.Codec;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;

/** A stage that copies prompts to another topic, each after a moment; as a process of its own it is there to be killed. */
final class Copier {

    private Copier() {}

    static KafkaConnection connection(String bootstrapServers) {
        // the shortest session that brokers allow: tests wait for it after a kill
        return KafkaConnection.of(Config.with(KafkaSettings.ALL)
                .overrides(Map.of(
                        "kafka.bootstrap.servers", bootstrapServers,
                        "kafka.client.session.timeout.ms", "6000",
                        "kafka.client.heartbeat.interval.ms", "1000"))
                .build());
    }

    static TopicSpec<Prompt> copies(Topics topics) {
        return new TopicSpec<>(
                topics.prefix() + "copies",
                Codec.of(Prompt.class),
                topics.prompts().partitions(),
                Duration.ofDays(1),
                false);
    }

    static StageRuntime runtime(Vertx vertx, KafkaConnection kafka, Publisher publisher, Topics topics) {
        return new StageRuntime(vertx, kafka, topics, publisher, new SimpleMeterRegistry(), new Health());
    }

    static Stage<Prompt> start(StageRuntime runtime) {
        var copies = copies(runtime.topics());
        var recent = RecentOutputs.of(runtime.kafka(), copies, Prompt::getId, Duration.ofMinutes(10), 10_000);
        StageHandler<Prompt> handler = delivery -> {
            var moment = Promise.<Void>promise();
            runtime.vertx().setTimer(5 + delivery.offset() % 20, ignored -> moment.complete());
            return moment.future()
                    .compose(done -> runtime.publisher()
                            .publish(copies, delivery.record().getId(), delivery.record()))
                    // as a slow sink: the crash falls between the acknowledgement and the commit
                    .compose(done -> pause(runtime.vertx()));
        };
        return Stage.builder("copier", runtime.topics().prompts(), handler)
                .options(StageOptions.inFlight(20))
                .skipping(recent, Prompt::getId)
                .start(runtime);
    }

    private static Future<Void> pause(Vertx vertx) {
        var pause = Promise.<Void>promise();
        vertx.setTimer(30, ignored -> pause.complete());
        return pause.future();
    }

    public static void main(String[] args) throws InterruptedException {
        var kafka = connection(args[0]);
        start(runtime(Vertx.vertx(), kafka, new Publisher(kafka), Topics.of(args[1], 2)));
        // the stage's threads are daemons: without this the process would end before it is killed
        Thread.currentThread().join();
    }
}
