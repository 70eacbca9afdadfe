package dev.preflow.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.scheduler.BetaSchedule;
import dev.preflow.models.scheduler.PredictionType;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.scheduler.TimestepSpacing;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.trainer.TinyPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The surrogate's gradient against differences of the loss as the literature writes it. */
class SurrogateTest {
    private static final double CLIP = 0.2;
    private static final double KL = 0.3;
    private static final PpoOptions OPTIONS = new PpoOptions(1, 1, 64, CLIP, KL, LearningRate.constant(1, 0), 1, false);

    @ParameterizedTest
    @ValueSource(doubles = {1, 2.5})
    void shouldHaveTheGradientOfTheClippedLossWithKlCharge(double guidanceOfHalf) {
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = TinyPolicy.pipeline(manager, 3);
                DiffusionPipeline other = TinyPolicy.pipeline(manager, 4);
                PolicyLease lease = pipeline.borrow();
                PolicyLease reference = other.borrow()) {
            Parameters policy = lease.parameters();
            policy.trainable(name -> true);
            List<TrainedPair> pairs = pairs(TinyPolicy.rollouts(pipeline, 2, 5, guidanceOfHalf));
            Surrogate surrogate =
                    new Surrogate(pipeline.models(), policy, reference.parameters(), TinyPolicy.FORM, OPTIONS);

            surrogate.backward(pairs, 1.0 / pairs.size());
            Map<String, float[]> gradient = gradients(policy);
            double norm = Math.sqrt(gradient.values().stream()
                    .mapToDouble(SurrogateTest::squared)
                    .sum());
            assertThat(norm).isGreaterThan(1e-3);

            // along the gradient the loss changes by its norm, along a random direction by the projection
            assertThat(slope(surrogate, policy, pairs, gradient, 1 / norm)).isCloseTo(norm, within(0.02 * norm));
            Map<String, float[]> direction = random(gradient);
            double length = Math.sqrt(direction.values().stream()
                    .mapToDouble(SurrogateTest::squared)
                    .sum());
            double projection = dot(gradient, direction) / length;
            assertThat(slope(surrogate, policy, pairs, direction, 1 / length))
                    .isCloseTo(projection, within(0.02 * norm));
        }
    }

    /** Ratios of about 1, 0.74 and 1.35 with advantages of both signs: some clipped, none near the edge of the clip. */
    private static List<TrainedPair> pairs(List<List<Sample>> groups) {
        float[] shifts = {0, 0.3f, -0.3f};
        List<TrainedPair> pairs = new ArrayList<>();
        for (List<Sample> group : groups) {
            for (Sample sample : group) {
                float[] logs = sample.trajectory().logProbabilities();
                for (int step = 0; step < logs.length; step++) {
                    logs[step] += shifts[pairs.size() % shifts.length];
                    pairs.add(new TrainedPair(sample, step, pairs.size() % 2 == 0 ? 1.5f : -0.7f));
                }
            }
        }
        return pairs;
    }

    private static double slope(
            Surrogate surrogate,
            Parameters policy,
            List<TrainedPair> pairs,
            Map<String, float[]> direction,
            double scale) {
        double step = 2e-2;
        move(policy, direction, step * scale);
        double above = loss(surrogate, pairs);
        move(policy, direction, -2 * step * scale);
        double below = loss(surrogate, pairs);
        move(policy, direction, step * scale);
        return (above - below) / (2 * step);
    }

    private static double loss(Surrogate surrogate, List<TrainedPair> pairs) {
        Surrogate.Measured measured = surrogate.backward(pairs, 1);
        double loss = 0;
        for (int i = 0; i < pairs.size(); i++) {
            double ratio = Math.exp(measured.logRatios()[i]);
            double advantage = pairs.get(i).advantage();
            double clipped = Math.max(1 - CLIP, Math.min(1 + CLIP, ratio));
            double gain = Math.min(ratio * advantage, clipped * advantage) * surrogate.weight(pairs.get(i));
            loss += (KL * measured.kl()[i] - gain) / pairs.size();
        }
        return loss;
    }

    private static void move(Parameters policy, Map<String, float[]> direction, double scale) {
        try (NDManager step = policy.manager().newSubManager();
                Parameters moved = new Parameters(step)) {
            policy.asMap().forEach((name, array) -> {
                float[] values = array.toFloatArray();
                float[] by = direction.get(name);
                for (int i = 0; i < values.length; i++) {
                    values[i] += (float) (scale * by[i]);
                }
                moved.add(name, step.create(values, array.getShape()).duplicate());
            });
            policy.assignFrom(moved);
        }
    }

    private static Map<String, float[]> gradients(Parameters policy) {
        Map<String, float[]> gradients = new HashMap<>();
        policy.asMap().forEach((name, array) -> {
            try (NDArray gradient = array.getGradient()) {
                gradients.put(name, gradient.toFloatArray());
            }
        });
        return gradients;
    }

    private static Map<String, float[]> random(Map<String, float[]> like) {
        var random = Noise.generator(11);
        Map<String, float[]> direction = new HashMap<>();
        like.forEach((name, values) -> {
            float[] drawn = new float[values.length];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = (float) random.nextGaussian();
            }
            direction.put(name, drawn);
        });
        return direction;
    }

    private static double squared(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static double dot(Map<String, float[]> a, Map<String, float[]> b) {
        return a.entrySet().stream()
                .mapToDouble(entry -> {
                    double sum = 0;
                    float[] other = b.get(entry.getKey());
                    for (int i = 0; i < other.length; i++) {
                        sum += (double) entry.getValue()[i] * other[i];
                    }
                    return sum;
                })
                .sum();
    }

    @Test
    void shouldWeighStepsToAMeanOfOne() {
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = TinyPolicy.pipeline(manager, 3);
                PolicyLease lease = pipeline.borrow()) {
            Surrogate surrogate = new Surrogate(
                    pipeline.models(), lease.parameters(), lease.parameters(), new RolloutForm(8, 4, 1), OPTIONS);

            double mean = 0;
            for (int step = 0; step < 4; step++) {
                assertThat(surrogate.stepWeight(step)).isPositive().isFinite();
                mean += surrogate.stepWeight(step) / 4;
            }
            assertThat(mean).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void shouldRefuseToTrainAStepThatDrawsNoNoise() {
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = TinyPolicy.pipeline(manager, 3);
                PolicyLease lease = pipeline.borrow()) {
            PipelineModels models = pipeline.models();
            // the step past timestep 0 leads to the clean image
            SchedulerConfig toOne = new SchedulerConfig(
                    "DDIMScheduler",
                    1000,
                    0.00085,
                    0.012,
                    BetaSchedule.SCALED_LINEAR,
                    PredictionType.EPSILON,
                    TimestepSpacing.LEADING,
                    1,
                    true,
                    false,
                    1,
                    false,
                    false);

            assertThatThrownBy(() -> new Surrogate(
                            models.with(toOne),
                            lease.parameters(),
                            lease.parameters(),
                            new RolloutForm(4, 4, 1),
                            OPTIONS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Step 3");
        }
    }
}
