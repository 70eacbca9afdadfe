package dev.preflow.models.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.scheduler.Denoising;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulerReferenceTest {
    private static final int STEPS = 10;

    static List<String> schedulers() throws IOException {
        return Reference.names("schedulers");
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldStepAsDiffusersDoes(String name) throws IOException {
        Path folder = Reference.folder("schedulers/" + name);
        try (NDManager manager = TestDevice.newManager();
                Parameters expected = SafetensorsReader.readAll(folder.resolve(Reference.VALUES), manager)) {
            Denoising run =
                    Scheduler.load(folder.resolve("scheduler_config.json")).start(manager, STEPS);

            // from a level of 4096 diffusers itself is that far off in float32
            double tolerance = name.startsWith("euler-zero-snr") ? 1e-4 : 1e-5;
            float[] times = expected.get("times").toFloatArray();
            assertThat(run.times()).hasSize(times.length);
            NDArray sample = expected.get("start").mul(run.initialScale());
            assertThat(Reference.difference(sample, expected.get("first"))).isLessThan(1e-6);
            for (int i = 0; i < times.length; i++) {
                assertThat(run.times()[i]).isCloseTo(times[i], within(1e-2));
                NDArray output = expected.get("output." + i);
                sample = run.isStochastic(i)
                        ? run.distribution(i, output, sample).draw(expected.get("noise." + i))
                        : run.step(i, output, sample);

                assertThat(Reference.difference(sample, expected.get("sample." + i)))
                        .as("step %d", i)
                        .isLessThan(tolerance);
            }
        }
    }
}
