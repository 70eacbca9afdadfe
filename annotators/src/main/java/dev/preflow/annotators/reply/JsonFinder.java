package dev.preflow.annotators.reply;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds JSON objects and arrays in a text, wherever they stand, and forgives what models get wrong in writing them. */
final class JsonFinder {

    /** Brackets in prose start no JSON; a text made of brackets alone must not keep a processor busy. */
    private static final int MAX_FALSE_STARTS = 200;

    private final JsonMapper mapper = JsonMapper.builder()
            .enable(
                    JsonReadFeature.ALLOW_TRAILING_COMMA,
                    JsonReadFeature.ALLOW_SINGLE_QUOTES,
                    JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES,
                    JsonReadFeature.ALLOW_JAVA_COMMENTS,
                    JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS,
                    JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER,
                    JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // of two equal keys one would win in silence
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The outermost values, in order. */
    List<JsonNode> find(String text) {
        var values = new ArrayList<JsonNode>();
        char[] chars = text.toCharArray();
        int falseStarts = 0;
        int at = 0;
        while (at < chars.length && falseStarts < MAX_FALSE_STARTS) {
            if (chars[at] != '{' && chars[at] != '[') {
                at++;
                continue;
            }
            try (JsonParser parser = mapper.createParser(chars, at, chars.length - at)) {
                JsonNode value = mapper.readTree(parser);
                values.add(value);
                at += (int) parser.currentLocation().getCharOffset();
            } catch (IOException e) {
                // no JSON starts at this bracket; one further on may
                falseStarts++;
                at++;
            }
        }
        return values;
    }
}
