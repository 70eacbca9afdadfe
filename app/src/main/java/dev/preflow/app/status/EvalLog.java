package dev.preflow.app.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A policy's evaluations in a file of JSON lines, so that its curves go on after a restart. For one thread. */
public final class EvalLog {
    private static final Logger log = LoggerFactory.getLogger(EvalLog.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    /** A log in a file that need not exist yet. */
    public EvalLog(Path file) {
        this.file = file;
    }

    /**
     * What was measured before, oldest first. A line that is no evaluation, such as one that a kill has cut short, is passed over.
     *
     * @throws IOException if the file cannot be read
     */
    public List<EvalPoint> read() throws IOException {
        List<EvalPoint> points = new ArrayList<>();
        if (!Files.exists(file)) {
            return points;
        }
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank()) {
                continue;
            }
            try {
                points.add(point(JSON.readTree(line)));
            } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
                log.warn("{} has a line that is no evaluation: {}", file, line);
            }
        }
        return points;
    }

    private static EvalPoint point(JsonNode node) {
        return new EvalPoint(
                Instant.parse(node.required("at").asText()),
                node.required("policyRelease").asInt(),
                node.required("proxy").asDouble(),
                node.required("gold").asDouble(),
                share(node, "one"),
                share(node, "two"),
                share(node, "three"));
    }

    /** A figure that lines of before do not have. */
    private static @Nullable Double share(JsonNode node, String name) {
        return node.hasNonNull(name) ? node.get(name).asDouble() : null;
    }

    /**
     * Adds an evaluation.
     *
     * @throws IOException if the file cannot be written
     */
    public void append(EvalPoint point) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        // the line break goes first: it parts a new line from one that was cut short
        Files.writeString(
                file, "\n" + JSON.writeValueAsString(point), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
