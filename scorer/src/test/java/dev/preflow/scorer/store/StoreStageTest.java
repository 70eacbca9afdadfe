package dev.preflow.scorer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Rating;
import dev.preflow.scorer.Records;
import dev.preflow.scorer.TestStream;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreStageTest {

    @TempDir
    private static Path folder;

    private static TestStream stream;

    @BeforeAll
    static void startBroker() throws Exception {
        stream = new TestStream(folder.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        stream.close();
    }

    @Test
    void shouldStoreWhatIsDeliveredTwiceOnce() throws Exception {
        var runtime = stream.runtime();
        var heard = Collections.synchronizedList(new ArrayList<Preference>());
        try (var store = new PreferenceStore(folder.resolve("twice"))) {
            publish(runtime, Records.preferences("a", 20));
            publish(runtime, Records.preferences("a", 20));
            stream.publish(runtime.topics().annotations(), "a", Records.annotation("a"));

            var stage = StoreStage.start(runtime, store, config(), heard::addAll);
            await().atMost(Duration.ofSeconds(30)).until(() -> store.countRatings() == 8);
            await().until(() -> heard.size() == 20);
            stop(stage);

            // another process of the same group goes on where the first was, and hears of nothing again
            publish(runtime, Records.preferences("a", 21));
            var next = StoreStage.start(runtime, store, config(), heard::addAll);
            await().atMost(Duration.ofSeconds(30)).until(() -> heard.size() == 21);
            stop(next);
            assertThat(store.countPreferences().byAspect()).containsExactly(Map.entry("mean", 21L));
            assertThat(heard).doesNotHaveDuplicates();
            assertThat(runtime.meters()
                            .counter("preflow.store.preferences", "aspect", "mean")
                            .count())
                    .isEqualTo(21);
        }
    }

    @Test
    void shouldGiveUpAnAnnotationThatContradictsItselfAndStoreItsNeighbours() throws Exception {
        var runtime = stream.runtime();
        var bad = Annotation.newBuilder(Records.annotation("bad"))
                .setRatings(List.of(new Rating("no such image", Aspect.FIDELITY, 3, "")))
                .build();
        try (var store = new PreferenceStore(folder.resolve("bad"));
                var deadLetters = stream.follow(runtime.topics().deadLetters())) {
            stream.publish(runtime.topics().annotations(), "same", Records.annotation("a"));
            stream.publish(runtime.topics().annotations(), "same", bad);
            stream.publish(runtime.topics().annotations(), "same", Records.annotation("b"));

            var stage = StoreStage.start(runtime, store, config(), fresh -> {});
            await().atMost(Duration.ofSeconds(30)).until(() -> store.countRatings() == 16);
            await().until(() -> deadLetters.records().size() == 1);
            assertThat(deadLetters.records().get(0).getDetail()).contains("no such image");
            stop(stage);
        }
    }

    private void publish(StageRuntime runtime, List<Preference> preferences) throws Exception {
        for (var preference : preferences) {
            stream.publish(runtime.topics().preferences(), preference.getPromptId(), preference);
        }
    }

    private Config config() {
        return TestStream.config(folder, Map.of());
    }

    private static void stop(StoreStage stage) throws Exception {
        stage.stop().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
