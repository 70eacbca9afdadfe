package dev.preflow.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    private Path folder;

    private final NDManager manager = Torch.newManager();

    @AfterEach
    void tearDown() {
        manager.close();
    }

    private Parameters parameters(String name, float value) {
        Parameters parameters = new Parameters(manager);
        parameters.add(name, manager.full(new Shape(2, 3), value));
        parameters.trainable(any -> true);
        return parameters;
    }

    private static AdamW optimiser(Parameters parameters) {
        return new AdamW(parameters, AdamW.Settings.of(0));
    }

    private static TrainingState state(long iteration) {
        return new TrainingState(iteration, 2 * iteration, 9, List.of("group-" + iteration), Map.of("kl", 0.5));
    }

    private void save(Checkpoints checkpoints, long iteration, float value) throws IOException {
        Parameters policy = parameters("w", value);
        checkpoints.save(state(iteration), policy, parameters("w", -value), optimiser(policy));
    }

    @Test
    void shouldRestoreTheNewest() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        for (int i = 1; i <= 4; i++) {
            save(checkpoints, i, i);
        }
        Parameters policy = parameters("w", 0);
        Parameters average = parameters("w", 0);

        TrainingState restored = new Checkpoints(folder)
                .restore(policy, average, optimiser(policy))
                .orElseThrow();

        assertThat(restored).isEqualTo(state(4));
        assertThat(policy.get("w").toFloatArray()).containsOnly(4);
        assertThat(average.get("w").toFloatArray()).containsOnly(-4);
        assertThat(names()).containsExactlyInAnyOrder("iteration-000000003", "iteration-000000004");
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    @Test
    void shouldFindNothingInAnEmptyFolder() throws IOException {
        Parameters policy = parameters("w", 7);

        assertThat(new Checkpoints(folder).restore(policy, policy, optimiser(policy)))
                .isEmpty();
        assertThat(policy.get("w").toFloatArray()).containsOnly(7);
    }

    @Test
    void shouldRemoveWhatAnInterruptedWritingLeft() throws IOException {
        save(new Checkpoints(folder), 1, 1);
        Path torn = Files.createDirectory(folder.resolve(".writing-torn"));
        Files.writeString(torn.resolve("policy.safetensors"), "half of");

        new Checkpoints(folder);

        assertThat(names()).containsExactly("iteration-000000001");
    }

    @Test
    void shouldLeaveTheLastCheckpointWhenWritingIsInterrupted() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        save(checkpoints, 1, 1);

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> save(checkpoints, 2, 2)).isInstanceOf(Exception.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        Parameters policy = parameters("w", 0);
        assertThat(new Checkpoints(folder).restore(policy, parameters("w", 0), optimiser(policy)))
                .contains(state(1));
    }

    @Test
    void shouldRefuseTheCheckpointOfAnotherModel() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        save(checkpoints, 1, 1);
        Parameters other = parameters("v", 0);

        assertThatThrownBy(() -> checkpoints.restore(other, parameters("v", 0), optimiser(other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("iteration-000000001")
                .hasMessageContaining("move the checkpoints away");
    }
}
