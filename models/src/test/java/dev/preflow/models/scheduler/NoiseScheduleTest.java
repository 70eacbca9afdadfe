package dev.preflow.models.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoiseScheduleTest {
    private static final SchedulerConfig SD = SchedulerConfig.stableDiffusion("DDIMScheduler");

    @Test
    void shouldHaveTheAlphaBarsOfStableDiffusion() {
        NoiseSchedule schedule = new NoiseSchedule(SD);
        assertThat(schedule.alphaBar(0)).isEqualTo(1 - 0.00085, within(1e-12));
        double second = Math.sqrt(0.00085) + (Math.sqrt(0.012) - Math.sqrt(0.00085)) / 999;
        assertThat(schedule.alphaBar(1)).isEqualTo((1 - 0.00085) * (1 - second * second), within(1e-12));
        // sigma of the last timestep, 14.6146, is the constant by which Euler samplers of SD scale their noise
        double last = schedule.alphaBar(999);
        assertThat(Math.sqrt((1 - last) / last)).isEqualTo(14.6146, within(1e-3));
        assertThat(schedule.alphaBar(-1)).isEqualTo(schedule.alphaBar(0));
    }

    @Test
    void shouldBuildLinearAndCosineBetas() {
        double[] linear = BetaSchedule.LINEAR.betas(5, 0.1, 0.5);
        assertThat(linear).containsExactly(new double[] {0.1, 0.2, 0.3, 0.4, 0.5}, within(1e-12));
        double[] cosine = BetaSchedule.SQUAREDCOS_CAP_V2.betas(10, 0, 0);
        assertThat(cosine[9]).isEqualTo(0.999);
        double product = 1;
        for (int t = 0; t < 5; t++) {
            product *= 1 - cosine[t];
        }
        double expected = Math.pow(Math.cos((0.5 + 0.008) / 1.008 * Math.PI / 2), 2)
                / Math.pow(Math.cos(0.008 / 1.008 * Math.PI / 2), 2);
        assertThat(product).isEqualTo(expected, within(1e-9));
    }

    @Test
    void shouldAddNoisePerSampleAndInvertThroughTheVelocity() {
        NoiseSchedule schedule = new NoiseSchedule(SD.with(PredictionType.V_PREDICTION));
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray clean = manager.randomNormal(new Shape(3, 2, 4, 4));
            NDArray noise = manager.randomNormal(new Shape(3, 2, 4, 4));
            int[] timesteps = {0, 500, 999};
            NDArray noisy = schedule.addNoise(clean, noise, timesteps);
            NDArray velocity = schedule.target(clean, noise, timesteps);
            for (int i = 0; i < timesteps.length; i++) {
                double alphaBar = schedule.alphaBar(timesteps[i]);
                NDArray back = noisy.get(i)
                        .mul(Math.sqrt(alphaBar))
                        .sub(velocity.get(i).mul(Math.sqrt(1 - alphaBar)));
                assertThat(back.sub(clean.get(i)).abs().max().getFloat()).isLessThan(1e-5f);
            }
            assertThatThrownBy(() -> schedule.addNoise(clean, noise, new int[] {1}))
                    .hasMessageContaining("one per sample");
        }
    }

    @Test
    void shouldReadWhatItWrites(@TempDir Path folder) throws Exception {
        SchedulerConfig config = SD.with(PredictionType.V_PREDICTION).with(TimestepSpacing.TRAILING);
        config.save(folder.resolve("scheduler_config.json"));
        assertThat(SchedulerConfig.load(folder.resolve("scheduler_config.json")))
                .isEqualTo(config);
    }

    @Test
    void shouldUseTheDefaultsOfDiffusers() throws Exception {
        SchedulerConfig ddim = parse("{}");
        assertThat(ddim.setAlphaToOne()).isTrue();
        assertThat(ddim.clipSample()).isTrue();
        assertThat(ddim.stepsOffset()).isZero();
        assertThat(parse("{\"_class_name\":\"PNDMScheduler\"}").setAlphaToOne()).isFalse();
    }

    @Test
    void shouldRefuseByNameWhatItDoesNotSupport() {
        assertThatThrownBy(() -> parse("{\"prediction_type\":\"score\"}"))
                .hasMessageContaining("prediction_type")
                .hasMessageContaining("score")
                .hasMessageContaining("v_prediction");
        assertThatThrownBy(() -> parse("{\"thresholding\":true}")).hasMessageContaining("thresholding");
        assertThatThrownBy(() -> Scheduler.of(parse("{\"_class_name\":\"UniPCMultistepScheduler\"}")))
                .hasMessageContaining("UniPCMultistepScheduler");
    }

    private static SchedulerConfig parse(String json) throws Exception {
        return SchedulerConfig.parse(new ObjectMapper().readTree(json));
    }
}
