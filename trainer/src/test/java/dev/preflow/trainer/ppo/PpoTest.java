package dev.preflow.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.optim.NonFiniteException;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.pipeline.Trajectory;
import dev.preflow.models.pipeline.TrajectoryFile;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.trainer.TinyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PpoTest {
    @TempDir
    private Path folder;

    private NDManager manager;
    private DiffusionPipeline pipeline;
    private PolicyLease lease;
    private Parameters policy;
    private Parameters reference;

    @BeforeEach
    void setUp() {
        manager = Torch.newManager();
        pipeline = TinyPolicy.pipeline(manager, 3);
        // drawn with and trained: each iteration is drawn by the weights that the one before left
        lease = pipeline.borrow();
        policy = lease.parameters();
        reference = policy.copy(manager);
    }

    @AfterEach
    void tearDown() {
        lease.close();
        pipeline.close();
        manager.close();
    }

    private static PpoOptions options(double rate, double kl) {
        return options(rate, kl, false);
    }

    private static PpoOptions options(double rate, double kl, boolean recompute) {
        return new PpoOptions(2, 1, 16, 1e-3, kl, LearningRate.constant(rate, 0), 1, recompute);
    }

    private Ppo ppo(PpoOptions options) {
        return ppo(policy, options, 1);
    }

    private Ppo ppo(Parameters policy, PpoOptions options, int workers) {
        policy.trainable(name -> true);
        return new Ppo(
                pipeline.models(),
                policy,
                reference,
                new AdamW(policy, AdamW.Settings.of(0)),
                TinyPolicy.FORM,
                new Advantages(3, Advantages.Deviation.GROUP),
                options,
                Collections.nCopies(workers, Device.cpu()));
    }

    @Test
    void shouldUpdateAlikeOnOneDeviceAndOnSeveralWithAndWithoutRecomputation() throws Exception {
        List<List<Sample>> groups = TinyPolicy.rollouts(pipeline, 2, 5);
        UpdateReport expected = ppo(options(1e-3, 0.1)).iterate(groups, 0, 1);
        for (boolean recompute : new boolean[] {false, true}) {
            try (Parameters shared = reference.copy(manager);
                    Ppo replicas = ppo(shared, options(1e-3, 0.1, recompute), 2)) {
                UpdateReport report = replicas.iterate(groups, 0, 1);
                assertThat(report.gradientNorm()).isCloseTo(expected.gradientNorm(), within(1e-5));
                assertThat(report.kl()).isCloseTo(expected.kl(), within(1e-7));
                // Adam divides a gradient by its own size: one that is 0 but for rounding goes either way
                policy.asMap().forEach((name, array) -> {
                    try (NDArray difference = array.sub(shared.get(name)).abs()) {
                        assertThat(difference.mean().getFloat()).as(name).isLessThan(2e-5f);
                    }
                });
            }
        }
    }

    @Test
    void shouldFindRatioOneAndNoDivergenceBeforeTheFirstUpdate() throws Exception {
        List<List<Sample>> stored = new ArrayList<>();
        for (List<Sample> group : TinyPolicy.rollouts(pipeline, 3, 5, 2.5)) {
            stored.add(throughFiles(group));
        }

        UpdateReport report = ppo(options(0, 0.1)).iterate(stored, 0, 1);

        assertThat(report.pairs()).isEqualTo(3 * 8 * TinyPolicy.FORM.stochasticSteps());
        assertThat(report.firstLogRatio()).isLessThanOrEqualTo(1e-6);
        assertThat(report.clipFraction()).isZero();
        assertThat(report.kl()).isLessThanOrEqualTo(1e-9);
        assertThat(report.gradientNorm()).isPositive();
    }

    @Test
    void shouldTrainOnTheImagesWhoseAdvantagesAreFarthestFromZero() throws Exception {
        List<List<Sample>> groups = new ArrayList<>();
        for (List<Sample> group : TinyPolicy.rollouts(pipeline, 2, 5)) {
            List<Sample> rewarded = new ArrayList<>();
            for (int i = 0; i < group.size(); i++) {
                boolean telling = i % 2 == 0;
                if (!telling) {
                    // if these were trained on, it would show as a ratio far from 1
                    float[] logProbabilities = group.get(i).trajectory().logProbabilities();
                    for (int step = 0; step < logProbabilities.length; step++) {
                        logProbabilities[step] += 0.5f;
                    }
                }
                float reward = telling ? 3 * (i % 4 - 1) : 0.1f * (i % 4 - 2);
                rewarded.add(new Sample(group.get(i).prompt(), group.get(i).trajectory(), 1, reward, "reward-1"));
            }
            groups.add(rewarded);
        }

        UpdateReport all = ppo(options(0, 0.1)).iterate(groups, 0, 1);
        UpdateReport half = ppo(new PpoOptions(2, 0.5, 16, 1e-3, 0.1, LearningRate.constant(0, 0), 1, false))
                .iterate(groups, 0, 1);

        assertThat(all.pairs()).isEqualTo(2 * 8 * TinyPolicy.FORM.stochasticSteps());
        assertThat(all.firstLogRatio()).isGreaterThan(0.4);
        assertThat(half.pairs()).isEqualTo(all.pairs() / 2);
        assertThat(half.firstLogRatio()).isLessThanOrEqualTo(1e-6);
        assertThat(half.meanReward()).isEqualTo(all.meanReward());
    }

    @Test
    void shouldTrainTheFormOfSdxlToo() throws Exception {
        tearDown();
        manager = Torch.newManager();
        pipeline = TinyPolicy.pipeline(manager, TinyPolicy.sdxl(), 3);
        lease = pipeline.borrow();
        policy = lease.parameters();
        reference = policy.copy(manager);

        Ppo ppo = ppo(options(1e-3, 0.1));
        UpdateReport report = ppo.iterate(TinyPolicy.rollouts(pipeline, 3, 5), 0, 1);

        assertThat(report.firstLogRatio()).isLessThanOrEqualTo(1e-6);
        assertThat(report.gradientNorm()).isPositive();
        for (String name : List.of("unet.add_embedding.linear_2.weight", "text_encoder_2.text_projection.weight")) {
            assertThat(policy.get(name)).as(name).isNotEqualTo(reference.get(name));
        }
    }

    private List<Sample> throughFiles(List<Sample> group) throws IOException {
        List<Sample> read = new ArrayList<>();
        for (Sample sample : group) {
            Path file = Files.write(
                    Files.createTempFile(folder, "trajectory", null),
                    TrajectoryFile.encode(sample.trajectory(), manager));
            read.add(new Sample(
                    sample.prompt(),
                    TrajectoryFile.read(file, manager),
                    sample.guidanceScale(),
                    sample.reward(),
                    sample.rewardRelease()));
        }
        return read;
    }

    @Test
    void shouldNoticeThatOtherWeightsDrew() throws Exception {
        List<List<Sample>> rollouts;
        try (DiffusionPipeline other = TinyPolicy.pipeline(manager, 4)) {
            rollouts = TinyPolicy.rollouts(other, 2, 5);
        }

        UpdateReport report = ppo(options(0, 0)).iterate(rollouts, 0, 1);

        assertThat(report.firstLogRatio()).isGreaterThan(1e-4);
    }

    @Test
    void shouldRaiseAToyReward() throws Exception {
        Ppo ppo = ppo(options(3e-3, 0));
        double before = TinyPolicy.meanReward(TinyPolicy.rollouts(pipeline, 8, 1_000));

        long updates = 0;
        for (int i = 0; i < 15; i++) {
            UpdateReport report = ppo.iterate(TinyPolicy.rollouts(pipeline, 4, i), updates, i);
            assertThat(report.firstLogRatio()).isLessThanOrEqualTo(1e-4);
            updates += ppo.steps(report.pairs());
        }

        // the deviation of a single image's reward is about 1
        assertThat(TinyPolicy.meanReward(TinyPolicy.rollouts(pipeline, 8, 1_000)))
                .isGreaterThan(before + 0.5);
    }

    @Test
    void shouldStayNearerToTheReferenceWhenDivergenceIsCharged() throws Exception {
        double free = divergenceAfterTraining(0);
        policy.assignFrom(reference);
        double charged = divergenceAfterTraining(100);

        assertThat(charged).isPositive().isLessThan(free / 2);
    }

    private double divergenceAfterTraining(double klCoefficient) throws InterruptedException {
        Ppo ppo = ppo(options(3e-3, klCoefficient));
        for (int i = 0; i < 5; i++) {
            ppo.iterate(TinyPolicy.rollouts(pipeline, 2, i), 2L * i, i);
        }
        return ppo(options(0, 0))
                .iterate(TinyPolicy.rollouts(pipeline, 2, 99), 0, 0)
                .kl();
    }

    @Test
    void shouldCountGroupsWithoutSpreadAndLearnNothingFromThem() throws Exception {
        List<List<Sample>> equal = new ArrayList<>();
        for (List<Sample> group : TinyPolicy.rollouts(pipeline, 2, 5)) {
            equal.add(group.stream()
                    .map(sample -> new Sample(sample.prompt(), sample.trajectory(), 1, 1, "one"))
                    .toList());
        }

        Ppo ppo = ppo(options(1, 0));
        UpdateReport report = ppo.iterate(equal, 0, 1);

        assertThat(report.zeroSpreadGroups()).isEqualTo(2);
        assertThat(report.groups()).isZero();
        assertThat(report.pairs()).isZero();
        assertThat(ppo.steps(report.pairs())).isZero();
        assertThat(report.kl()).isNaN();
        assertUnchanged();
    }

    private void assertUnchanged() {
        policy.asMap().forEach((name, array) -> assertThat(array.toFloatArray())
                .as(name)
                .containsExactly(reference.get(name).toFloatArray()));
    }

    @Test
    void shouldRefuseARolloutOfAnotherForm() {
        Ppo ppo = ppo(options(0, 0));
        List<Sample> group = TinyPolicy.rollouts(pipeline, 1, 5).get(0);
        Trajectory drawn = group.get(0).trajectory();

        assertThatThrownBy(() -> ppo.requireTrainable(withFirst(
                        group, new Trajectory(drawn.shape(), drawn.latents(), drawn.timesteps(), new float[] {0}))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 stochastic steps");
        assertThatThrownBy(() -> ppo.requireTrainable(withFirst(
                        group,
                        new Trajectory(
                                drawn.shape(), drawn.latents(), new int[] {9, 8, 7, 6}, drawn.logProbabilities()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[9, 8, 7, 6]");
        assertThatThrownBy(() -> ppo.requireTrainable(withFirst(
                        group,
                        new Trajectory(
                                new long[] {4, 8, 2}, drawn.latents(), drawn.timesteps(), drawn.logProbabilities()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[4, 8, 2]");
    }

    private static List<Sample> withFirst(List<Sample> group, Trajectory trajectory) {
        List<Sample> changed = new ArrayList<>(group);
        changed.set(
                0, new Sample(group.get(0).prompt(), trajectory, 1, group.get(0).reward(), "reward-1"));
        return changed;
    }

    @Test
    void shouldStopAtAGradientThatIsNoNumber() {
        List<List<Sample>> groups = TinyPolicy.rollouts(pipeline, 1, 5);
        groups.get(0).forEach(sample -> sample.trajectory().latents()[1][0] = Float.MAX_VALUE);
        Ppo ppo = ppo(options(1e-3, 0));

        assertThatThrownBy(() -> ppo.iterate(groups, 0, 1)).isInstanceOf(NonFiniteException.class);

        assertUnchanged();
    }

    @Test
    void shouldRefuseATrajectoryThatOverflowed() {
        Ppo ppo = ppo(options(1e-3, 0));
        List<Sample> latent = TinyPolicy.rollouts(pipeline, 1, 5).get(0);
        latent.get(1).trajectory().latents()[1][0] = Float.NaN;
        List<Sample> density = TinyPolicy.rollouts(pipeline, 1, 5).get(0);
        density.get(1).trajectory().logProbabilities()[0] = Float.NEGATIVE_INFINITY;

        assertThatThrownBy(() -> ppo.requireTrainable(latent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A latent of a rollout is NaN");
        assertThatThrownBy(() -> ppo.requireTrainable(density))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A log-probability of a rollout is -Infinity");
    }

    @Test
    void shouldStopWhenInterrupted() {
        List<List<Sample>> groups = TinyPolicy.rollouts(pipeline, 1, 5);
        Ppo ppo = ppo(options(1e-3, 0));

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> ppo.iterate(groups, 0, 1)).isInstanceOf(InterruptedException.class);
    }
}
