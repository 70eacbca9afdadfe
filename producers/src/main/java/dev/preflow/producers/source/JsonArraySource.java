package dev.preflow.producers.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Prompts in one JSON array, read element by element. */
final class JsonArraySource implements PromptSource {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final String name;
    private final JsonParser json;
    private final int maxBytes;
    private final EntryParser parser = new EntryParser();
    private long position;

    JsonArraySource(String name, InputStream in, int maxBytes) throws IOException {
        this.name = name;
        this.maxBytes = maxBytes;
        this.json = parser.mapper().createParser(withoutMark(in));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable SourceEntry next() throws IOException {
        try {
            var token = json.nextToken();
            if (position == 0) {
                if (token != JsonToken.START_ARRAY) {
                    throw new IOException("it is not a JSON array: name a file of one JSON value per line .jsonl");
                }
                token = json.nextToken();
            }
            if (token == JsonToken.END_ARRAY) {
                return null;
            }
            position++;
            long before = json.currentLocation().getByteOffset();
            JsonNode value = json.readValueAsTree();
            long length = json.currentLocation().getByteOffset() - before;
            return length > maxBytes
                    ? new SourceEntry.Refused(
                            position,
                            "It is %d bytes long, at most %d are taken: shorten it".formatted(length, maxBytes))
                    : parser.json(position, value);
        } catch (IOException e) {
            var detail = e instanceof JsonProcessingException syntax ? syntax.getOriginalMessage() : e.getMessage();
            throw new IOException("Cannot read %s at element %d: %s".formatted(name, position, detail), e);
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
    }

    private static InputStream withoutMark(InputStream in) throws IOException {
        var pushback = new PushbackInputStream(in, BYTE_ORDER_MARK.length);
        byte[] start = pushback.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(start, BYTE_ORDER_MARK)) {
            pushback.unread(start);
        }
        return pushback;
    }
}
