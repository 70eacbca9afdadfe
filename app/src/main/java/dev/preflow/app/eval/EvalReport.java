package dev.preflow.app.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation, as JSON. What was not measured is null.
 *
 * @param base which weights the base is
 * @param policy which weights the policy is
 * @param reward which VP-Score was asked; null for none
 * @param entries one for each guidance scale
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EvalReport(
        String base, String policy, @Nullable String reward, List<Entry> entries) {

    /**
     * The figures at one guidance scale.
     *
     * @param comparison the gold judge's
     * @param vpScore VP-Score's; null when it was not asked
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Entry(@JsonUnwrapped Comparison comparison, EvalPair.@Nullable Proxy vpScore) {}

    /** Writes the report. */
    public void write(Path file) throws IOException {
        Files.writeString(
                file,
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }
}
