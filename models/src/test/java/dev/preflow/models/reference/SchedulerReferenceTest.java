package dev.preflow.models.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.scheduler.Denoising;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.weights.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
        try (NDManager manager = Torch.newManager();
                Parameters expected = SafetensorsReader.readAll(folder.resolve(Reference.VALUES), manager)) {
            Denoising run =
                    Scheduler.load(folder.resolve("scheduler_config.json")).start(manager, STEPS);

            assertThat(Arrays.stream(run.timesteps()).asLongStream().toArray())
                    .isEqualTo(expected.get("timesteps").toLongArray());
            NDArray sample = expected.get("start");
            for (int i = 0; i < run.timesteps().length; i++) {
                sample = run.step(i, expected.get("output." + i), sample);

                assertThat(Reference.difference(sample, expected.get("sample." + i)))
                        .as("step %d", i)
                        .isLessThan(1e-5);
            }
        }
    }
}
