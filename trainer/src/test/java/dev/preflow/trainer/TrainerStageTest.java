package dev.preflow.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.schemas.Rollout;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.Config;
import dev.preflow.trainer.TestStream.Followed;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.rollout.RolloutRequester;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer on a broker, with a generator and scorer in one on the other side. */
class TrainerStageTest {
    private static final String HELD_OUT = "a blue circle";
    private static TestStream stream;

    @TempDir
    private static Path brokerFolder;

    @TempDir
    private Path folder;

    private Topics topics;
    private StageRuntime runtime;
    private BlobStore blobs;
    private Followed<Release> releases;
    private Followed<GenerationTask> tasks;

    @BeforeAll
    static void startBroker() throws IOException {
        stream = new TestStream(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        stream.close();
    }

    @BeforeEach
    void setUp() throws IOException {
        topics = stream.topics();
        runtime = stream.runtime(topics);
        blobs = new BlobStore(folder.resolve("blobs"));
        releases = stream.follow(topics.releases());
        tasks = stream.follow(topics.tasks());
    }

    @AfterEach
    void tearDown() {
        releases.close();
        tasks.close();
    }

    private TrainerStage start(Map<String, String> settings) {
        Config config = TinyTrainer.config(folder, settings);
        return TrainerStage.start(runtime, blobs, config, HELD_OUT::equals);
    }

    private Studio studio(float honesty) throws IOException {
        return new Studio(runtime, blobs, folder.resolve("studio"), honesty);
    }

    private static void stop(TrainerStage trainer) throws Exception {
        // the limit for everything is 10 s
        trainer.stop().await(8, TimeUnit.SECONDS);
    }

    private List<Release> policies() {
        return releases.records().stream()
                .filter(release -> release.getKind() == ReleaseKind.POLICY)
                .toList();
    }

    private void awaitPolicies(int count) {
        await().until(() -> policies().size() >= count);
    }

    @Test
    void shouldTurnRolloutsIntoReleasesOnceTheRewardModelIsGood() throws Exception {
        for (String text : TinyPolicy.PROMPTS) {
            stream.prompt(topics, text);
        }
        stream.prompt(topics, HELD_OUT);
        stream.reward(topics, 0.6);
        Files.createDirectories(folder.resolve("releases/packing-interrupted"));
        TrainerStage trainer = start(Map.of(TrainerSettings.KEEP.key(), "2"));
        await().until(() -> runtime.health()
                .ready()
                .checks()
                .get("policy-training")
                .detail()
                .contains("0.8"));
        assertThat(tasks.records()).isEmpty();

        try (Followed<Rollout> rollouts = stream.follow(topics.rollouts());
                Studio studio = studio(0)) {
            stream.reward(topics, 0.9);
            awaitPolicies(6);
            assertThat(rollouts.records().stream().filter(this::trajectoryIsGone))
                    .as("trajectories of four iterations, for the fifth may be under way")
                    .hasSizeGreaterThanOrEqualTo(4 * 8);
            Rollout late = drawnLate(rollouts.records().get(0));
            publish(late);
            await("the trajectory of a rollout whose group has gone on").until(() -> trajectoryIsGone(late));
        }
        stop(trainer);

        List<Release> policies = policies();
        for (int i = 0; i < 5; i++) {
            assertThat(policies.get(i).getNumber()).isEqualTo(i + 1);
            assertThat(policies.get(i).getParent())
                    .isEqualTo(i == 0 ? null : policies.get(i - 1).getId());
        }
        assertThat(policies.get(4).getMetrics())
                .containsEntry("iteration", 4.0)
                .containsKeys("meanReward", "kl", "clipFraction", "gradientNorm", "staleness");
        assertThat(policies)
                .allSatisfy(release -> assertThat(release.getMetrics().getOrDefault("staleness", 0.0))
                        .isLessThanOrEqualTo(1));
        assertThat(tasks.records()).isNotEmpty().allSatisfy(task -> {
            assertThat(task.getPurpose()).isEqualTo(Purpose.ROLLOUT);
            assertThat(task.getPromptText()).isNotEqualTo(HELD_OUT);
            assertThat(task.getPolicyRelease())
                    .isIn(policies.stream().map(Release::getId).toList());
        });
        assertThat(discarded()).isZero();
        assertThat(folder.resolve("releases")).isEmptyDirectory();
        assertThat(weightsOf(policies.get(0))).as("the base stays").allMatch(blobs::contains);
        assertThat(weightsOf(policies.get(1))).as("superseded").noneMatch(blobs::contains);
        assertThat(weightsOf(policies.get(policies.size() - 1))).allMatch(blobs::contains);
    }

    private Rollout drawnLate(Rollout rollout) throws IOException {
        BlobRef trajectory = blobs.put(new byte[] {1, 2, 3}, "application/octet-stream");
        Image image =
                Image.newBuilder(rollout.getImage()).setTrajectory(trajectory).build();
        return Rollout.newBuilder(rollout).setImage(image).build();
    }

    private boolean trajectoryIsGone(Rollout rollout) {
        return !blobs.contains(rollout.getImage().getTrajectory().getSha256());
    }

    private static List<String> weightsOf(Release release) {
        return release.getFiles().stream()
                .filter(file -> file.getPath().matches("(unet|text_encoder)/.*safetensors"))
                .map(file -> file.getBlob().getSha256())
                .toList();
    }

    private double discarded() {
        return runtime.meters()
                .get("preflow.trainer.groups.discarded")
                .counter()
                .count();
    }

    @Test
    void shouldAskForNoMoreThanMayBeUnderWay() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        TrainerStage trainer = start(Map.of(TrainerSettings.AHEAD.key(), "0"));

        // nobody draws: one iteration of two groups of four is all
        await().until(() -> tasks.records().size() >= 8);
        await().pollDelay(Duration.ofSeconds(2)).until(() -> tasks.records().size() == 8);
        try (Studio studio = studio(0)) {
            awaitPolicies(4);
        }
        stop(trainer);

        assertThat(policies().stream().skip(1))
                .allSatisfy(release -> assertThat(release.getMetrics()).containsEntry("staleness", 0.0));
    }

    @Test
    void shouldBeginAnewWithoutWhatTheWeightsBeforeHaveDrawn() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        TrainerStage trainer = start(Map.of(
                TrainerSettings.RESET.key(), "2",
                TrainerSettings.RESET_KEEP.key(), "0.5"));

        try (Studio studio = studio(0)) {
            awaitPolicies(6);
        }
        stop(trainer);

        List<Release> policies = policies();
        assertThat(policies).extracting(Release::getId).doesNotHaveDuplicates();
        assertThat(policies.get(1).getMetrics()).doesNotContainKey("begunAnew");
        assertThat(policies.get(2).getMetrics()).containsEntry("iteration", 2.0).containsEntry("begunAnew", 1.0);
        assertThat(policies.get(3).getMetrics())
                .containsEntry("iteration", 3.0)
                .containsEntry("staleness", 0.0)
                .doesNotContainKey("begunAnew");
        assertThat(discarded()).isZero();
    }

    @Test
    void shouldGoOnAfterARestart() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        try (Studio studio = studio(0)) {
            TrainerStage first = start(Map.of());
            awaitPolicies(3);
            stop(first);
            int before = policies().size();
            // the policy's progress makes the newest pairs harder, below what the start had to wait for
            stream.reward(topics, 0.6);

            runtime = stream.runtime(topics);
            TrainerStage second = start(Map.of());
            awaitPolicies(before + 2);
            stop(second);
        }

        List<Release> policies = policies();
        for (int i = 0; i < policies.size(); i++) {
            assertThat(policies.get(i).getNumber()).isEqualTo(i + 1);
        }
        assertThat(policies).extracting(Release::getId).doesNotHaveDuplicates();
        assertThat(policies.get(policies.size() - 1).getMetrics()).containsEntry("iteration", policies.size() - 1.0);
    }

    @Test
    void shouldReleaseACheckpointWhoseReleaseACrashPrevented() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        Config config = TinyTrainer.config(folder, Map.of());
        TrainerStage before = start(Map.of());
        awaitPolicies(1);
        stop(before);
        List<GenerationTask> group = group(policies().get(0).getId(), 77);
        ReleaseFiles files = new ReleaseFiles(blobs, folder.resolve("expected"), Clock.systemUTC());
        String expected;
        try (TrainedPolicy policy = TrainedPolicy.open(config)) {
            // an iteration whose checkpoint was the last that the process did
            policy.iterate(TinyTrainer.draw(policy, folder, 5), 0, 1);
            policy.save(
                    new Checkpoints(config.get(TrainerSettings.CHECKPOINTS)),
                    new TrainingState(1, 2, 0, List.of(group.get(0).getRolloutGroup()), Map.of("meanReward", 4.5)));
            Path exported = folder.resolve("exported");
            policy.export(exported);
            expected =
                    files.pack(ReleaseKind.POLICY, 2, null, exported, Map.of()).getId();
        }

        runtime = stream.runtime(topics);
        TrainerStage after = start(Map.of());
        awaitPolicies(2);
        // the rollouts of that iteration are delivered again
        for (GenerationTask task : group) {
            stream.publish(topics.rollouts(), task.getPromptId(), Rollouts.of(task, null, 1, Studio.REWARD_RELEASE));
        }
        await().until(() -> handled() == group.size());
        stop(after);

        Release restored = policies().get(1);
        assertThat(restored.getId()).isEqualTo(expected);
        assertThat(restored.getNumber()).isEqualTo(2);
        assertThat(restored.getMetrics()).containsEntry("meanReward", 4.5);
        assertThat(policies()).hasSize(2);
    }

    @Test
    void shouldReleaseALoraInPlaceOfWeights() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        TrainerStage trainer = start(Map.of(TrainerSettings.LORA_RANK.key(), "2"));

        try (Studio studio = studio(0)) {
            awaitPolicies(4);
        }
        stop(trainer);

        assertThat(policies()).extracting(Release::getId).doesNotHaveDuplicates();
        assertThat(policies()).allSatisfy(release -> assertThat(release.getFiles())
                .singleElement()
                .satisfies(file -> {
                    assertThat(file.getPath()).isEqualTo("pytorch_lora_weights.safetensors");
                    assertThat(file.getBlob().getBytes()).isLessThan(40_000);
                }));
    }

    private static List<GenerationTask> group(String release, long seed) {
        Prompt prompt = new Prompt("p1", TinyPolicy.PROMPTS.get(0), "test", Instant.EPOCH);
        return new RolloutRequester("policy", 4, TinyPolicy.FORM, Clock.systemUTC()).group(prompt, release, 1, seed);
    }

    /** Rollouts that count as done. */
    private double handled() {
        Counter counter = runtime.meters()
                .find("preflow.stage.out")
                .tag("stage", "trainer")
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void shouldPassOverGroupsThatCannotBeTrainedOn() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        TrainerStage first = start(Map.of());
        awaitPolicies(1);
        stop(first);
        String release = policies().get(0).getId();
        try (Studio studio = studio(0)) {
            await().ignoreExceptions().until(() -> studio.draw(group(release, 1).get(0)) != null);
            for (GenerationTask task : group(release, 2)) {
                publish(Rollouts.of(task, null, 1, Studio.REWARD_RELEASE));
            }
            for (GenerationTask task : group(release, 3)) {
                BlobRef trajectory = studio.draw(task).getImage().getTrajectory();
                publish(Rollouts.of(task, trajectory, Float.NaN, Studio.REWARD_RELEASE));
            }
            for (GenerationTask task : group("a release of long ago", 4)) {
                publish(Rollouts.of(task, null, task.getIndex(), Studio.REWARD_RELEASE));
            }

            runtime = stream.runtime(topics);
            TrainerStage second = start(Map.of());
            awaitPolicies(3);
            await().until(() -> discarded() == 3);
            assertThat(runtime.health().ready().checks().get("policy-training").ok())
                    .isTrue();
            stop(second);
        }
    }

    private void publish(Rollout rollout) throws Exception {
        stream.publish(topics.rollouts(), rollout.getImage().getPromptId(), rollout);
    }

    @Test
    void shouldStopAndSaySoWhenDrawingAndTrainingDoNotAgree() throws Exception {
        stream.prompt(topics, TinyPolicy.PROMPTS.get(0));
        stream.reward(topics, 0.9);
        TrainerStage trainer = start(Map.of());

        try (Studio studio = studio(0.5f)) {
            await().until(() ->
                    !runtime.health().ready().checks().get("policy-training").ok());
        }

        assertThat(runtime.health().live().ok()).isFalse();
        assertThat(runtime.health().ready().checks().get("policy-training").detail())
                .contains("do not agree");
        assertThat(policies()).hasSize(1);
        stop(trainer);
    }
}
