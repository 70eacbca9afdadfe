package dev.preflow.demo.pretrain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How a base model was made.
 *
 * @param runs the first made it, each further one trained the denoiser on
 * @param parameters how many numbers the model has
 */
public record PretrainRecord(List<Run> runs, long parameters) {
    private static final String FILE = "pretraining.json";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /**
     * One training.
     *
     * @param plan what was asked for, the seed included
     * @param seconds wall-clock time that it took
     */
    public record Run(PretrainPlan plan, long seconds) {
        static Run of(PretrainPlan plan, long startNanos) {
            return new Run(plan, (System.nanoTime() - startNanos) / 1_000_000_000);
        }
    }

    /** Reads the record beside a model. */
    static PretrainRecord read(Path directory) {
        try {
            return JSON.readValue(directory.resolve(FILE).toFile(), PretrainRecord.class);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    directory + " has no record of a pretraining: it was not made by preflow pretrain", e);
        }
    }

    /** Writes {@code pretraining.json} beside the model. */
    void write(Path directory) {
        try {
            Files.writeString(
                    directory.resolve(FILE),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the record of the pretraining to " + directory, e);
        }
    }
}
