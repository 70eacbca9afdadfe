package dev.preflow.producers.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Prompts in lines, as plain text or as JSON values. */
final class LineSource implements PromptSource {

    private final String name;
    private final boolean json;
    private final InputStream in;
    private final BoundedLines lines;
    private final EntryParser parser = new EntryParser();

    LineSource(String name, boolean json, InputStream in, int maxBytes) {
        this.name = name;
        this.json = json;
        this.in = new BufferedInputStream(in);
        this.lines = new BoundedLines(this.in, maxBytes);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable SourceEntry next() throws IOException {
        try {
            for (var line = lines.next(); line != null; line = lines.next()) {
                if (line.problem() != null) {
                    return new SourceEntry.Refused(lines.number(), line.problem());
                }
                if (!line.text().isBlank()) {
                    return json
                            ? parser.jsonLine(lines.number(), line.text())
                            : EntryParser.words(lines.number(), line.text(), null);
                }
            }
            return null;
        } catch (IOException e) {
            throw new IOException(
                    "Cannot read %s after line %d: %s".formatted(name, lines.number(), e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
