package dev.preflow.models.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PndmSchedulerTest {
    private static final SchedulerConfig SD = SchedulerConfig.stableDiffusion("PNDMScheduler");

    @Test
    void shouldAskTwiceAtTheSecondTimestep() {
        try (NDManager manager = NDManager.newBaseManager()) {
            PndmScheduler scheduler = new PndmScheduler(SD);
            assertThat(scheduler.start(manager, 5).times()).containsExactly(801, 601, 601, 401, 201, 1);
            assertThat(scheduler.start(manager, 2).times()).containsExactly(501, 1, 1);
            assertThat(scheduler.start(manager, 1).times()).containsExactly(1);
        }
    }

    @Test
    void shouldFollowTheScalarRecurrence() {
        PndmScheduler scheduler = new PndmScheduler(SD);
        try (NDManager manager = NDManager.newBaseManager()) {
            Denoising run = scheduler.start(manager, 6);
            int[] at = Arrays.stream(run.times()).mapToInt(time -> (int) time).toArray();
            double expected = 0.8;
            NDArray sample = manager.full(new Shape(1, 1, 1, 1), 0.8f);
            double first = expected;
            List<Double> history = new ArrayList<>();
            for (int i = 0; i < at.length; i++) {
                double output = Math.sin(i + 1) + 0.1 * expected;
                try (NDManager step = manager.newSubManager()) {
                    NDArray input = sample;
                    input.attach(step);
                    NDArray answer = step.full(new Shape(1, 1, 1, 1), (float) output);
                    sample = run.step(i, answer, input);
                    sample.attach(manager);
                }
                if (i == 1) {
                    expected = move(scheduler, first, (output + history.get(0)) / 2, at[0], at[1]);
                } else {
                    history.add(output);
                    expected = move(scheduler, expected, blend(history), at[i], at[i] - 166);
                }
                assertThat(sample.getFloat()).as("step %d", i).isEqualTo((float) expected, within(1e-5f));
            }
        }
    }

    private static double blend(List<Double> h) {
        int n = h.size();
        return switch (Math.min(n, 4)) {
            case 1 -> h.get(0);
            case 2 -> (3 * h.get(1) - h.get(0)) / 2;
            case 3 -> (23 * h.get(2) - 16 * h.get(1) + 5 * h.get(0)) / 12;
            default -> (55 * h.get(n - 1) - 59 * h.get(n - 2) + 37 * h.get(n - 3) - 9 * h.get(n - 4)) / 24;
        };
    }

    private static double move(PndmScheduler scheduler, double sample, double noise, int from, int to) {
        double a = scheduler.noise().alphaBar(from);
        double b = scheduler.noise().alphaBar(to);
        // the same transfer written as predicted clean sample plus re-noised prediction
        double clean = (sample - Math.sqrt(1 - a) * noise) / Math.sqrt(a);
        return Math.sqrt(b) * clean + Math.sqrt(1 - b) * noise;
    }
}
