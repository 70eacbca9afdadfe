package dev.preflow.producers.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.models.pipeline.TrajectoryFile;
import dev.preflow.models.tensor.Compute;
import dev.preflow.models.tensor.Torch;
import dev.preflow.producers.TestLoop;
import dev.preflow.producers.plan.GeneratorPool;
import dev.preflow.producers.plan.Plan;
import dev.preflow.producers.plan.PlannerStage;
import dev.preflow.producers.plan.PromptRules;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalGeneratorTest {

    @TempDir
    private static Path shared;

    private static EmbeddedBroker broker;
    private static Path base;

    @TempDir
    private Path folder;

    private TestLoop loop;
    private BlobStore blobs;
    private ReleaseFiles files;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("broker"));
        base = TinyModel.write(shared.resolve("base"), 1);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() throws Exception {
        loop = TestLoop.on(broker);
        blobs = new BlobStore(folder.resolve("blobs"));
        files = new ReleaseFiles(blobs, folder.resolve("releases"), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void shouldDrawTasksThatWaitTogetherInOneBatchAndEachAsIfAlone() throws Exception {
        // a batch that is not full would wait for as long as the test may take
        var patient = new LocalOptions(6, Duration.ofMinutes(2), 2, Duration.ofMinutes(1), Compute.CPU);
        try (var generator = open(patient);
                var alone = open(Duration.ZERO)) {
            var together = all(IntStream.range(0, 6)
                    .mapToObj(seed -> generator.draw(judge("base", seed, 3 + seed)))
                    .toList());

            var batches = loop.runtime().meters().get("preflow.generator.batch").summary();
            assertThat(batches.count()).isEqualTo(1);
            assertThat(batches.max()).isEqualTo(6);
            assertThat(together).extracting(drawing -> drawing.image().bytes()).doesNotHaveDuplicates();
            assertThat(draw(alone, judge("base", 4, 7)).image().bytes())
                    .isEqualTo(together.get(4).image().bytes());
        }
    }

    @Test
    void shouldLeaveTasksThatWaitToWhoeverStartsNextWhenDrained() throws Exception {
        try (var generator = open(Duration.ofMinutes(2))) {
            var waiting = generator.draw(judge("base", 1, 3));
            generator.drain();

            assertThatThrownBy(() -> result(waiting)).hasCauseInstanceOf(RetriableException.class);
            assertThatThrownBy(() -> draw(generator, judge("base", 2, 3))).hasCauseInstanceOf(RetriableException.class);
        }
    }

    @Test
    void shouldNotWaitForAReleaseWhenDrained() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var waiting = generator.draw(rollout("not-seen-yet"));
            generator.drain();

            assertThatThrownBy(() -> result(waiting)).hasCauseInstanceOf(RetriableException.class);
            assertThatThrownBy(() -> draw(generator, rollout("not-seen-either")))
                    .hasCauseInstanceOf(RetriableException.class);
        }
    }

    @Test
    void shouldGiveVariantsTheirOwnSteps() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var weak = draw(generator, judge("weak", 7, 5));
            var strong = draw(generator, judge("base", 7, 5));

            assertThat(weak.steps()).isEqualTo(1);
            assertThat(weak.guidanceScale()).isEqualTo(1);
            assertThat(strong.steps()).isEqualTo(4);
            assertThat(weak.image().bytes()).isNotEqualTo(strong.image().bytes());
            assertThat(weak.image().width()).isEqualTo(8);
        }
    }

    @Test
    void shouldSwapThePolicysWeightsWhileItRuns() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var before = draw(generator, judge("policy", 7, 5));
            assertThat(before.policyRelease()).isNull();
            assertThat(before.image().bytes())
                    .isEqualTo(draw(generator, judge("base", 7, 5)).image().bytes());

            var release = publish(1, 2);
            await().until(() -> release.getId()
                    .equals(draw(generator, judge("policy", 7, 5)).policyRelease()));

            assertThat(draw(generator, judge("policy", 7, 5)).image().bytes())
                    .isNotEqualTo(before.image().bytes());
            assertThat(draw(generator, judge("base", 7, 5)).image().bytes())
                    .isEqualTo(before.image().bytes());
            assertThat(generator.swaps().millis()).hasSize(1).allMatch(millis -> millis >= 0 && millis < 60_000);
        }
    }

    @Test
    void shouldDrawRolloutsWithExactlyTheReleaseTheyNameAndKeepTheirTrajectories() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var first = publish(1, 2);
            var ofFirst = draw(generator, rollout(first.getId()));
            var second = publish(2, 3);
            var ofSecond = draw(generator, rollout(second.getId()));

            assertThat(ofFirst.policyRelease()).isEqualTo(first.getId());
            assertThat(ofSecond.policyRelease()).isEqualTo(second.getId());
            assertThat(ofSecond.image().bytes()).isNotEqualTo(ofFirst.image().bytes());
            var again = draw(generator, rollout(first.getId()));
            assertThat(again.policyRelease()).isEqualTo(first.getId());
            assertThat(again.trajectory()).isEqualTo(ofFirst.trajectory());

            var file = Files.write(folder.resolve("trajectory.safetensors"), ofFirst.trajectory());
            try (var manager = Torch.newManager()) {
                var trajectory = TrajectoryFile.read(file, manager);
                assertThat(trajectory.shape()).containsExactly(4, 4, 4);
                assertThat(trajectory.latents()).hasNumberOfRows(5);
                assertThat(trajectory.timesteps()).hasSize(4);
                assertThat(trajectory.logProbabilities()).hasSize(2);
                assertThat(TrajectoryFile.encode(trajectory, manager)).isEqualTo(ofFirst.trajectory());
            }
        }
    }

    @Test
    void shouldLetARolloutWaitForItsReleaseAndGiveItUpWhenTheReleaseIsGone() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var first = pack(1, 2);
            var early = generator.draw(rollout(first.getId()));
            assertThat(early.isComplete()).isFalse();
            publish(first);
            assertThat(result(early).policyRelease()).isEqualTo(first.getId());

            publish(2, 3);
            var third = publish(3, 4);
            draw(generator, rollout(third.getId()));

            assertThat(reason(generator, rollout(first.getId()))).isEqualTo("stale-release");
        }
    }

    @Test
    void shouldNotWaitForEverForAReleaseThatNeverComes() throws Exception {
        var impatient = new LocalOptions(8, Duration.ZERO, 2, Duration.ofMillis(100), Compute.CPU);
        try (var generator = open(impatient)) {
            assertThat(reason(generator, rollout("never-published"))).isEqualTo("stale-release");
        }
    }

    @Test
    void shouldKeepTheOldWeightsWhenAReleaseIsBroken() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var good = publish(1, 2);
            draw(generator, rollout(good.getId()));
            var broken = pack(2, 3);
            for (var file : broken.getFiles()) {
                if (file.getPath().startsWith("unet/")) {
                    blobs.delete(file.getBlob().getSha256());
                }
            }
            publish(broken);

            await().until(() -> !loop.runtime().health().ready().ok());
            assertThat(draw(generator, judge("policy", 7, 5)).policyRelease()).isEqualTo(good.getId());
            assertThat(reason(generator, rollout(broken.getId()))).isEqualTo("stale-release");

            var next = publish(3, 4);
            assertThat(draw(generator, rollout(next.getId())).policyRelease()).isEqualTo(next.getId());
            assertThat(loop.runtime().health().ready().ok()).isTrue();
        }
    }

    @Test
    void shouldStartWithTheNewestReleases() throws Exception {
        var oldest = publish(1, 2);
        var middle = publish(2, 3);
        var newest = publish(3, 4);

        try (var generator = open(Duration.ZERO)) {
            assertThat(draw(generator, judge("policy", 7, 5)).policyRelease()).isEqualTo(newest.getId());
            assertThat(draw(generator, rollout(middle.getId())).policyRelease()).isEqualTo(middle.getId());
            assertThat(reason(generator, rollout(oldest.getId()))).isEqualTo("stale-release");
            assertThat(generator.swaps().millis()).isEmpty();
        }
    }

    @Test
    void shouldPutReleasedLorasOnTheBaseWhateverCameBetween() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var plain = draw(generator, judge("policy", 7, 5));
            var first = publishLora(1, 2);
            var adapted = draw(generator, rollout(first.getId()));
            assertThat(adapted.policyRelease()).isEqualTo(first.getId());
            assertThat(adapted.image().bytes()).isNotEqualTo(plain.image().bytes());

            // enough of them that the base's own place is taken, and the LoRA's too
            for (int number = 2; number < 5; number++) {
                draw(generator, rollout(publish(number, number).getId()));
            }
            var other = publishLora(5, 3);
            var ofOther = draw(generator, rollout(other.getId()));
            assertThat(ofOther.trajectory()).isNotEqualTo(adapted.trajectory());
            var again = publishLora(6, 2);
            assertThat(again.getId()).isEqualTo(first.getId());
            await().until(() ->
                    first.getId().equals(draw(generator, judge("policy", 7, 5)).policyRelease()));
            assertThat(draw(generator, rollout(first.getId())).trajectory()).isEqualTo(adapted.trajectory());
        }
    }

    private Release publishLora(int number, long seed) throws IOException {
        var directory = TinyModel.writeLora(folder.resolve("lora-" + seed), base, seed);
        var release = files.pack(ReleaseKind.POLICY, number, null, directory, Map.of());
        publish(release);
        return release;
    }

    @Test
    void shouldRefuseWhatItCannotDraw() throws Exception {
        try (var generator = open(Duration.ZERO)) {
            var fromFrozen = task("base", Purpose.ROLLOUT, "any", 7, 1, 2);
            assertThat(reason(generator, fromFrozen)).isEqualTo("not-the-policy");
        }
        var nowhere = new Variant("base", folder.resolve("none"), false, null, null);
        assertThatThrownBy(() -> LocalGenerator.open(
                        loop.runtime(), List.of(nowhere), files, options(Duration.ZERO), Clock.systemUTC()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    @Test
    void shouldTurnPromptsIntoImagesAndRolloutTasksIntoTrajectories() throws Exception {
        var images = loop.records(loop.topics().images());
        var release = publish(1, 2);
        var plan = new Plan(4, 3, 12, 2, GeneratorPool.of(Map.of("policy", 1.0, "base", 1.0, "weak", 1.0)));
        var planner = PlannerStage.start(loop.runtime(), plan, new PromptRules(100, 4), StageOptions.inFlight(8));
        try (var generator = open(Duration.ofMillis(20))) {
            var stage = GeneratorStage.start(
                    loop.runtime(), "local", generator, blobs, StageOptions.inFlight(32), Clock.systemUTC());
            for (int i = 0; i < 5; i++) {
                var prompt = new Prompt("p" + i, "a red circle", "test", Instant.ofEpochMilli(i));
                loop.publish(loop.topics().prompts(), prompt.getId(), prompt);
            }
            var rollout = rollout(release.getId());
            loop.publish(loop.topics().tasks(), rollout.getId(), rollout);

            await().until(() -> images.size() == 21);
            planner.stop().await();
            stage.stop().await();
        }

        assertThat(images).extracting(Image::getId).doesNotHaveDuplicates();
        for (var image : images) {
            assertThat(blobs.contains(image.getPixels().getSha256())).isTrue();
            assertThat(image.getPolicyRelease())
                    .isEqualTo(image.getGenerator().equals("policy") ? release.getId() : null);
        }
        assertThat(images.stream().filter(image -> image.getPurpose() == Purpose.ROLLOUT))
                .singleElement()
                .satisfies(image -> {
                    assertThat(image.getRolloutGroup()).isEqualTo("group");
                    assertThat(blobs.contains(image.getTrajectory().getSha256()))
                            .isTrue();
                });
    }

    private LocalGenerator open(Duration linger) throws IOException {
        return open(options(linger));
    }

    private LocalGenerator open(LocalOptions options) throws IOException {
        var variants = List.of(
                new Variant("policy", base, true, null, null),
                new Variant("base", base, false, null, null),
                new Variant("weak", base, false, 1, 1f));
        return LocalGenerator.open(loop.runtime(), variants, files, options, Clock.systemUTC());
    }

    private static LocalOptions options(Duration linger) {
        return new LocalOptions(8, linger, 2, Duration.ofMinutes(1), Compute.CPU);
    }

    private Release publish(int number, long seed) throws IOException {
        var release = pack(number, seed);
        publish(release);
        return release;
    }

    private void publish(Release release) {
        loop.publish(loop.topics().releases(), release.getKind().name(), release);
    }

    private Release pack(int number, long seed) throws IOException {
        var directory = TinyModel.write(folder.resolve("model-" + seed), seed);
        return files.pack(ReleaseKind.POLICY, number, null, directory, Map.of());
    }

    private static Drawing draw(LocalGenerator generator, GenerationTask task) throws Exception {
        return result(generator.draw(task));
    }

    private static List<Drawing> all(List<Future<Drawing>> drawings) throws Exception {
        result(Future.all(drawings));
        return drawings.stream().map(Future::result).toList();
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static String reason(LocalGenerator generator, GenerationTask task) throws Exception {
        try {
            draw(generator, task);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(NonRetriableException.class);
            return ((NonRetriableException) e.getCause()).reason();
        }
        throw new AssertionError("An image was drawn");
    }

    private static GenerationTask judge(String generator, long seed, float guidance) {
        return task(generator, Purpose.JUDGE, null, seed, guidance, 0);
    }

    private static GenerationTask rollout(String release) {
        return task("policy", Purpose.ROLLOUT, release, 7, 1, 2);
    }

    private static GenerationTask task(
            String generator, Purpose purpose, @Nullable String release, long seed, float guidance, int stochastic) {
        var group = purpose == Purpose.ROLLOUT ? "group" : null;
        return GenerationTask.newBuilder()
                .setId(Ids.imageId("p", generator, 0, seed, group))
                .setPromptId("p")
                .setPromptText("a red circle")
                .setPurpose(purpose)
                .setGenerator(generator)
                .setIndex(0)
                .setGroupSize(4)
                .setRolloutGroup(group)
                .setPolicyRelease(release)
                .setSeed(seed)
                .setGuidanceScale(guidance)
                .setSteps(4)
                .setStochasticSteps(stochastic)
                .setEta(stochastic == 0 ? 0 : 1)
                .setCreatedAt(Instant.ofEpochMilli(1_000))
                .build();
    }
}
