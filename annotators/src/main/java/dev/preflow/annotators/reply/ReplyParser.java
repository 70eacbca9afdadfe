package dev.preflow.annotators.reply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.preflow.schemas.Aspect;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the ratings out of what a model wrote. The form may be JSON in any dress (fences, prose around it, trailing commas,
 * other keys, one object for each image), a Markdown table, or the paper's plain text; what a model wrote while it was thinking is
 * passed over. A rating itself must be unmistakable: a whole number from 1 to 5 for an image and an aspect that were asked for, given
 * once. What is not is left out, with the reason. Thread-safe.
 */
public final class ReplyParser {

    private final JsonFinder json = new JsonFinder();
    private final List<Function<String, List<JsonNode>>> forms =
            List.of(json::find, TableReply::rows, TextReply::sections);

    /**
     * Reads a reply.
     *
     * @param reply the model's words
     * @param images how many images were shown, from 1
     * @param aspects which aspects were asked for
     * @return the ratings, and why any is missing
     */
    public ParsedReply parse(String reply, int images, List<Aspect> aspects) {
        var text = Thinking.removed(reply);
        return forms.stream()
                .map(form -> read(form.apply(text), images, aspects))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> new ParsedReply(
                        List.of(), List.of(text.isBlank() ? "the reply is empty" : "the reply holds no ratings")));
    }

    /** Empty when the values speak of no rating at all. */
    private static Optional<ParsedReply> read(List<JsonNode> values, int images, List<Aspect> aspects) {
        if (values.size() > 1) {
            // a draft may come before the answer: a last value that is whole stands for itself
            var last = new RatingCollector(images, aspects).collect(values.subList(values.size() - 1, values.size()));
            if (last.isPresent() && last.get().isComplete()) {
                return last;
            }
        }
        return new RatingCollector(images, aspects).collect(values);
    }
}
