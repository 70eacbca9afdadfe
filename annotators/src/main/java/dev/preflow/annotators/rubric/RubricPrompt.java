package dev.preflow.annotators.rubric;

import dev.preflow.annotators.judge.ChatMessage;
import dev.preflow.annotators.judge.ChatRequest;
import dev.preflow.annotators.judge.ContentPart;
import dev.preflow.annotators.judge.ResponseFormat;
import dev.preflow.schemas.Aspect;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the judge is asked: task, rubric and format in the paper's layout (section 2.2), the prompt's text, and each image
 * after its heading, in one message of interleaved parts. The wording is ours; the levels are those of the paper (section
 * 2.3), save for prompt-following, whose rubric the paper shows only as an image: that one is ours throughout.
 *
 * <p>The text is written by strangers. It is placed as a JSON string on one line, so that no quote, line break or heading in it
 * can end the place it stands in, and what the reply must look like is said after it.
 */
public final class RubricPrompt {

    private final List<Aspect> aspects;
    private final ResponseFormat format;
    private final String head;
    private final JsonObject schema;

    /**
     * A prompt for some aspects.
     *
     * @param aspects one, as the paper asks, or several in one call
     * @param format the form in which the reply is asked for
     */
    public RubricPrompt(List<Aspect> aspects, ResponseFormat format) {
        if (aspects.isEmpty()) {
            throw new IllegalArgumentException("A judge must be asked for at least one aspect");
        }
        this.aspects = List.copyOf(aspects);
        this.format = format;
        this.schema = ReplySchema.of(aspects);
        var names = aspects.stream().map(AspectNames::label).collect(Collectors.joining(", "));
        var sections = new ArrayList<String>();
        sections.add(RubricTexts.fill("task", Map.of("names", names)));
        aspects.forEach(aspect -> sections.add(RubricTexts.rubric(aspect)));
        sections.add(RubricTexts.read("input"));
        this.head = String.join("\n", sections);
    }

    /**
     * The aspects asked for.
     *
     * @return at least one
     */
    public List<Aspect> aspects() {
        return aspects;
    }

    /**
     * Asks for the ratings of some images.
     *
     * @param text the words that the images were drawn from
     * @param images the images, in the order in which the judge shall see them; numbered from 1
     * @return the request
     */
    public ChatRequest request(String text, List<ContentPart.Picture> images) {
        var parts = new ArrayList<ContentPart>();
        var before =
                new StringBuilder(head).append("\nText: ").append(quoted(text)).append("\nImage:\n");
        for (int i = 0; i < images.size(); i++) {
            parts.add(new ContentPart.Text(
                    before.append("### Image ").append(i + 1).append('\n').toString()));
            parts.add(images.get(i));
            before = new StringBuilder("\n");
        }
        parts.add(new ContentPart.Text(before.append(output(images.size())).toString()));
        return new ChatRequest(List.of(new ChatMessage(ChatMessage.Role.USER, parts)), schema);
    }

    /**
     * What the judge is told when its reply could not be used.
     *
     * @param problems what was wrong
     * @return the words of the next turn
     */
    public String correction(List<String> problems) {
        return RubricTexts.fill("correction", Map.of("problems", String.join("; ", problems)));
    }

    /** A JSON string; the line breaks that only Unicode knows are escaped too. */
    private static String quoted(String text) {
        return Json.encode(text)
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029")
                .replace("\u0085", "\\u0085");
    }

    private String output(int images) {
        var name = format == ResponseFormat.NONE ? "output-text" : "output-json";
        return RubricTexts.fill(
                name + (aspects.size() == 1 ? "-single" : "-joint"),
                Map.of(
                        "count", Integer.toString(images),
                        "aspects", Integer.toString(aspects.size()),
                        "fields", format == ResponseFormat.NONE ? textFields() : jsonFields()));
    }

    private String jsonFields() {
        return aspects.stream()
                .map(aspect -> '"' + AspectNames.field(aspect) + "\": <rating>")
                .collect(Collectors.joining(", "));
    }

    private String textFields() {
        return aspects.stream()
                .map(AspectNames::label)
                .map(name -> name + " Rating: <1, 2, 3, 4 or 5>\n" + name + " Rationale: <one short sentence>")
                .collect(Collectors.joining("\n"));
    }
}
