package dev.preflow.app.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalLogTest {
    private static final EvalPoint FIRST =
            new EvalPoint(Instant.parse("2026-11-26T10:00:00Z"), 0, 0, 0.25, 0.5, 0.0, null);
    private static final EvalPoint SECOND =
            new EvalPoint(Instant.parse("2026-11-26T10:02:00.5Z"), 7, 1.5, 0.5, 0.75, 0.5, 0.25);

    @TempDir
    private Path folder;

    @Test
    void shouldReadWhatWasWrittenBeforeARestart() throws IOException {
        Path file = folder.resolve("state/evaluations.jsonl");
        assertThat(new EvalLog(file).read()).isEmpty();

        new EvalLog(file).append(FIRST);
        new EvalLog(file).append(SECOND);

        assertThat(new EvalLog(file).read()).containsExactly(FIRST, SECOND);
    }

    @Test
    void shouldPassOverALineThatAKillHasCutShort() throws IOException {
        Path file = folder.resolve("evaluations.jsonl");
        new EvalLog(file).append(FIRST);
        Files.writeString(file, "\n{\"at\":\"2026-11-26T10:01:00Z\",\"policyRel", StandardOpenOption.APPEND);

        new EvalLog(file).append(SECOND);

        assertThat(new EvalLog(file).read()).containsExactly(FIRST, SECOND);
    }
}
