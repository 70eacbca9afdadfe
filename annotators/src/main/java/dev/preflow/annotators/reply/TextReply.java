package dev.preflow.annotators.reply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.preflow.annotators.rubric.AspectNames;
import dev.preflow.schemas.Aspect;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the paper's plain-text form (section F.2), {@code ### Output for Image 1 / Rating: 4 / Rationale: ...}, and what
 * models make of it, as a list of objects with one rating each. For one reply.
 */
final class TextReply {

    private static final String NAME = "([A-Za-z][A-Za-z \\-]*?)";
    private static final Pattern IMAGE_HEADING = Pattern.compile(
            "(?i)(?:\\d+[.)]\\s*)?(?:output\\s+(?:for|of)\\s+)?(?:the\\s+)?(?:image|picture)\\s*#?\\s*(\\d{1,3})\\s*(?:$|(?=[:.,(\\[–—-]))(.*)");
    private static final Pattern RATING = Pattern.compile("(?i)(?:" + NAME + "\\s+)?(?:" + Keys.RATING_WORDS
            + ")\\s*(?:\\([^)]*\\))?\\s*[:=–—-]\\s*(.*?)(?:[\\s.;,|(]+(?:" + Keys.RATIONALE_WORDS + ")\\s*:\\s*(.*))?");
    private static final Pattern RATIONALE =
            Pattern.compile("(?i)(?:" + NAME + "\\s+)?(?:" + Keys.RATIONALE_WORDS + ")\\s*[:–—-]\\s*(.*)");
    private static final Pattern NAMED_VALUE = Pattern.compile(NAME + "\\s*(?:[:=–—]|\\s-\\s)\\s*(\\d.*)");

    private final List<JsonNode> ratings = new ArrayList<>();
    private @Nullable Integer image;
    private @Nullable Aspect outerAspect;
    private @Nullable Aspect aspect;
    private @Nullable ObjectNode open;
    private String rationaleAhead = "";
    private boolean inRationale;

    private TextReply() {}

    /** One object for each rating in the text. */
    static List<JsonNode> sections(String text) {
        var reply = new TextReply();
        text.lines()
                .map(TextReply::withoutMarkup)
                .filter(line -> !line.isEmpty())
                .forEach(reply::line);
        return reply.ratings;
    }

    private static String withoutMarkup(String line) {
        return line.replaceAll("[*`]+", "").replaceFirst("^[\\s#>•\\-]+", "").strip();
    }

    private void line(String line) {
        Matcher matcher = IMAGE_HEADING.matcher(line);
        if (matcher.matches()) {
            heading(Integer.parseInt(matcher.group(1)), matcher.group(2));
            return;
        }
        matcher = RATING.matcher(line);
        if (matcher.matches() && isKnown(matcher.group(1))) {
            rating(named(matcher.group(1)), matcher.group(2), matcher.group(3));
            return;
        }
        matcher = RATIONALE.matcher(line);
        if (matcher.matches() && isKnown(matcher.group(1))) {
            rationale(matcher.group(2));
            return;
        }
        matcher = NAMED_VALUE.matcher(line);
        if (matcher.matches() && Keys.aspect(matcher.group(1)).isPresent()) {
            rating(named(matcher.group(1)), matcher.group(2), null);
            return;
        }
        var heading = Keys.aspect(line);
        if (heading.isPresent()) {
            aspectHeading(heading.get());
        } else if (inRationale) {
            continueRationale(line);
        }
    }

    private void heading(int number, String rest) {
        image = number;
        aspect = outerAspect;
        open = null;
        rationaleAhead = "";
        inRationale = false;
        var content = rest.replaceFirst("^[\\s:.,(\\[–—-]+", "").strip();
        if (content.matches("\\d.*")) {
            rating(aspect, content, null);
        } else if (!content.isEmpty()) {
            line(content);
        }
    }

    /** An aspect over the images when it comes before them, else within one. */
    private void aspectHeading(Aspect named) {
        if (image == null || outerAspect != null) {
            outerAspect = named;
            image = null;
        }
        aspect = named;
        open = null;
        rationaleAhead = "";
        inRationale = false;
    }

    private void rating(@Nullable Aspect named, String value, @Nullable String rationale) {
        var node = JsonNodeFactory.instance.objectNode();
        if (image != null) {
            node.put("image", image);
        }
        var rated = named == null ? aspect : named;
        if (rated != null) {
            node.put("aspect", AspectNames.field(rated));
        }
        node.put("rating", value).put("rationale", rationale == null ? rationaleAhead : rationale);
        ratings.add(node);
        open = node;
        rationaleAhead = "";
        inRationale = rationale != null;
    }

    private void rationale(String text) {
        inRationale = true;
        if (open != null && open.path("rationale").asText().isEmpty()) {
            open.put("rationale", text);
        } else {
            // some models give their reasons first
            open = null;
            rationaleAhead = text;
        }
    }

    private void continueRationale(String line) {
        if (open == null) {
            rationaleAhead = (rationaleAhead + " " + line).strip();
        } else {
            open.put("rationale", (open.path("rationale").asText() + " " + line).strip());
        }
    }

    private static boolean isKnown(@Nullable String name) {
        return name == null || Keys.aspect(name).isPresent() || "overall".equalsIgnoreCase(name.strip());
    }

    private static @Nullable Aspect named(@Nullable String name) {
        return name == null ? null : Keys.aspect(name).orElse(null);
    }
}
