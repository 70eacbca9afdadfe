package dev.preflow.annotators.rubric;

import dev.preflow.schemas.Aspect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The texts of this package's resources. They are ours and trusted: placeholders are filled with our own words only. */
final class RubricTexts {

    private RubricTexts() {}

    /** Definition and rating levels of an aspect. */
    static String rubric(Aspect aspect) {
        return read(AspectNames.field(aspect).replace('_', '-'));
    }

    /** A text with its placeholders filled. */
    static String fill(String name, Map<String, String> values) {
        var text = read(name);
        for (var value : values.entrySet()) {
            text = text.replace("{{" + value.getKey() + "}}", value.getValue());
        }
        return text;
    }

    /** A text as it is. */
    static String read(String name) {
        try (InputStream in = RubricTexts.class.getResourceAsStream(name + ".md")) {
            if (in == null) {
                throw new IllegalStateException("The rubric text " + name + ".md is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the rubric text " + name + ".md", e);
        }
    }
}
