package dev.preflow.demo.pretrain;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a base model was made.
 *
 * @param plan what was asked for, the seed included
 * @param parameters how many numbers the model has
 * @param seconds wall-clock time that it took
 */
public record PretrainRecord(PretrainPlan plan, long parameters, long seconds) {
    private static final String FILE = "pretraining.json";

    /** Writes {@code pretraining.json} beside the model. */
    void write(Path directory) {
        try {
            Files.writeString(
                    directory.resolve(FILE),
                    JsonMapper.builder()
                                    .build()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(this) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the record of the pretraining to " + directory, e);
        }
    }
}
