package dev.preflow.demo.pretrain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the network that VP-Score starts from was made.
 *
 * @param seed of parameters and scenes
 * @param steps how many
 * @param batch images of a step
 * @param loss mean of the last hundred steps
 * @param seconds wall-clock time that it took
 */
record RewardRecord(long seed, int steps, int batch, double loss, long seconds) {
    private static final String FILE = "pretraining.json";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** Writes {@code pretraining.json} beside the network. */
    void write(Path directory) throws IOException {
        Files.writeString(
                directory.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }
}
