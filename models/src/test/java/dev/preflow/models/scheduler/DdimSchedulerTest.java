package dev.preflow.models.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DdimSchedulerTest {
    private static final SchedulerConfig SD = SchedulerConfig.stableDiffusion("DDIMScheduler");
    private static final Shape SHAPE = new Shape(4, 2, 3, 3);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldSpaceTimestepsAsDiffusersDoes() {
        assertThat(timesteps(SD, 4)).containsExactly(751, 501, 251, 1);
        assertThat(timesteps(SD.with(TimestepSpacing.TRAILING), 4)).containsExactly(999, 749, 499, 249);
        assertThat(timesteps(SD.with(TimestepSpacing.LINSPACE), 4)).containsExactly(999, 666, 333, 0);
        assertThat(timesteps(SD, 30)).startsWith(958, 925).endsWith(34, 1);
        assertThat(timesteps(SD.with(TimestepSpacing.TRAILING), 30))
                .startsWith(999, 966, 932)
                .endsWith(66, 32);
    }

    @Test
    void shouldRecoverTheCleanSampleFromAPerfectNetwork() {
        for (PredictionType type : PredictionType.values()) {
            DdimScheduler scheduler = new DdimScheduler(SD.with(type));
            DdimRun run = scheduler.start(manager, 10, 0);
            NDArray clean = manager.randomNormal(SHAPE);
            NDArray noise = manager.randomNormal(SHAPE);
            int[] at = run.timesteps();
            NDArray sample = scheduler.noise().addNoise(clean, noise, all(at[0]));
            for (int i = 0; i < at.length; i++) {
                // along the deterministic path the noise stays the same, so does the network's perfect answer's form
                sample = run.step(i, scheduler.noise().target(clean, noise, all(at[i])), sample);
            }
            NDArray expected = scheduler.noise().addNoise(clean, noise, all(-1));
            assertThat(maxDifference(sample, expected)).as(type.configName()).isLessThan(2e-4f);
        }
    }

    @Test
    void shouldMatchTheDefinitionOfAStochasticStep() {
        DdimScheduler scheduler = new DdimScheduler(SD);
        DdimRun run = scheduler.run(8, 4, 0.7);
        double from = scheduler.noise().alphaBar(run.timesteps()[2]);
        double to = scheduler.noise().alphaBar(run.timesteps()[2] - 125);
        double std = 0.7 * Math.sqrt((1 - to) / (1 - from) * (1 - from / to));
        NDArray sample = manager.randomNormal(SHAPE);
        NDArray output = manager.randomNormal(SHAPE);
        NDArray noise = manager.randomNormal(SHAPE);
        GaussianStep step = run.distribution(all(2), output, sample);
        NDArray clean = sample.sub(output.mul(Math.sqrt(1 - from))).div(Math.sqrt(from));
        NDArray mean = clean.mul(Math.sqrt(to)).add(output.mul(Math.sqrt(1 - to - std * std)));
        assertThat(run.std(2)).isEqualTo((float) std, within(1e-6f));
        assertThat(maxDifference(step.mean(), mean)).isLessThan(1e-5f);
        assertThat(maxDifference(step.draw(noise), mean.add(noise.mul(std)))).isLessThan(1e-5f);
    }

    @Test
    void shouldGiveTheMeanLogDensityOverDimensions() {
        DdimRun run = new DdimScheduler(SD).run(8, 8, 1);
        NDArray sample = manager.randomNormal(SHAPE);
        NDArray output = manager.randomNormal(SHAPE);
        int[] indices = {0, 3, 7, 3};
        GaussianStep step = run.distribution(indices, output, sample);
        NDArray next = step.draw(manager.randomNormal(SHAPE));
        float[] logProbability = step.logProbability(next).toFloatArray();
        for (int i = 0; i < indices.length; i++) {
            double sigma = run.std(indices[i]);
            float[] mean = step.mean().get(i).toFloatArray();
            float[] drawn = next.get(i).toFloatArray();
            double sum = 0;
            for (int d = 0; d < mean.length; d++) {
                double z = (drawn[d] - mean[d]) / sigma;
                sum += -z * z / 2 - Math.log(sigma) - Math.log(2 * Math.PI) / 2;
            }
            assertThat(logProbability[i]).isEqualTo((float) (sum / mean.length), within(1e-4f));
        }
    }

    @Test
    void shouldGiveTheSameLogProbabilityInAMixedTrainingBatch() {
        DdimRun run = new DdimScheduler(SD).run(8, 4, 1);
        float[][] sampled = new float[4][];
        NDArray[] samples = new NDArray[5];
        NDArray[] outputs = new NDArray[4];
        samples[0] = manager.randomNormal(SHAPE);
        for (int i = 0; i < 4; i++) {
            outputs[i] = manager.randomNormal(SHAPE);
            GaussianStep step = run.distribution(all(i), outputs[i], samples[i]);
            samples[i + 1] = step.draw(manager.randomNormal(SHAPE));
            sampled[i] = step.logProbability(samples[i + 1]).toFloatArray();
        }
        // sample b of the batch is taken at step b
        int[] steps = {0, 1, 2, 3};
        NDArray from = diagonal(samples, 0);
        NDArray to = diagonal(samples, 1);
        float[] trained = run.distribution(steps, diagonal(outputs, 0), from)
                .logProbability(to)
                .toFloatArray();
        for (int b = 0; b < 4; b++) {
            assertThat(Math.exp(trained[b] - sampled[b][b])).isEqualTo(1.0, within(1e-6));
        }
    }

    @Test
    void shouldChargeNothingForEqualMeansAndTheSquaredShiftOtherwise() {
        DdimRun run = new DdimScheduler(SD).run(8, 8, 1);
        NDArray sample = manager.randomNormal(SHAPE);
        GaussianStep step = run.distribution(all(1), manager.randomNormal(SHAPE), sample);
        assertThat(step.divergence(step.mean()).toFloatArray()).containsOnly(0f);
        float shifted = step.divergence(step.mean().add(step.std().mul(2))).toFloatArray()[0];
        assertThat(shifted).isEqualTo(2f, within(1e-4f));
    }

    @Test
    void shouldNotGiveADensityToADeterministicStep() {
        DdimRun run = new DdimScheduler(SD).run(8, 4, 1);
        NDArray sample = manager.randomNormal(SHAPE);
        assertThat(run.isStochastic(3)).isTrue();
        assertThat(run.isStochastic(4)).isFalse();
        GaussianStep mixed = run.distribution(new int[] {3, 4, 3, 3}, sample, sample);
        assertThatThrownBy(() -> mixed.logProbability(sample)).hasMessageContaining("deterministic");
        assertThatThrownBy(() -> run.step(0, sample, sample)).hasMessageContaining("stochastic");
    }

    @Test
    void shouldHaveNoNoiseInAFinalStepToAlphaOne() throws Exception {
        SchedulerConfig toOne = new SchedulerConfig(
                "DDIMScheduler",
                1000,
                0.00085,
                0.012,
                BetaSchedule.SCALED_LINEAR,
                PredictionType.EPSILON,
                TimestepSpacing.LEADING,
                0,
                true,
                true,
                1.0,
                false,
                false);
        DdimRun run = new DdimScheduler(toOne).run(5, 5, 1);
        assertThat(run.isStochastic(3)).isTrue();
        assertThat(run.isStochastic(4)).isFalse();
        NDArray sample = manager.randomNormal(SHAPE).mul(5);
        NDArray clean = run.step(4, manager.zeros(SHAPE), sample);
        // the last step of a clipping sampler gives the clipped clean sample itself
        assertThat(clean.abs().max().getFloat()).isEqualTo(1f);
        assertThat(new DdimScheduler(SD).run(5, 5, 1).isStochastic(4)).isTrue();
    }

    private static int[] timesteps(SchedulerConfig config, int steps) {
        return new DdimScheduler(config).run(steps, 0, 0).timesteps();
    }

    private static int[] all(int value) {
        return new int[] {value, value, value, value};
    }

    private NDArray diagonal(NDArray[] batches, int shift) {
        NDArray joined = batches[shift].get("0:1");
        for (int b = 1; b < 4; b++) {
            joined = joined.concat(batches[b + shift].get(b + ":" + (b + 1)), 0);
        }
        return joined;
    }

    private static float maxDifference(NDArray one, NDArray other) {
        return one.sub(other).abs().max().getFloat();
    }
}
