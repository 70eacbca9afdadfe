package dev.preflow.models.nn;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;

/** Reads an option that is a number, or a list that says the same number for every block. */
public final class EqualNumbers extends StdDeserializer<Integer> {

    /** For Jackson. */
    public EqualNumbers() {
        super(Integer.class);
    }

    @Override
    public Integer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonNode node = parser.readValueAsTree();
        JsonNode first = node.isArray() ? node.path(0) : node;
        for (JsonNode number : node) {
            if (!number.equals(first)) {
                return context.reportInputMismatch(
                        this, "%s = %s: different numbers per block are not supported", parser.currentName(), node);
            }
        }
        if (!first.isInt()) {
            return context.reportInputMismatch(this, "%s = %s is no whole number", parser.currentName(), node);
        }
        return first.intValue();
    }
}
