package dev.preflow.annotators.reply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.preflow.annotators.rubric.AspectNames;
import dev.preflow.schemas.Aspect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks through JSON of any shape and collects the ratings. Which image and which aspect a rating is for follows from the
 * fields beside it, from the keys on the way to it, or, in a list as long as there are images, from its place. For one reply.
 */
final class RatingCollector {

    private record Slot(int image, Aspect aspect) {

        @Override
        public String toString() {
            return "image " + image + " in " + AspectNames.label(aspect);
        }
    }

    private final int images;
    private final List<Aspect> aspects;
    private final Map<Slot, ImageRating> ratings = new LinkedHashMap<>();
    private final Map<Slot, String> rejected = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private boolean misnumbered;

    RatingCollector(int images, List<Aspect> aspects) {
        this.images = images;
        this.aspects = aspects;
    }

    /** Empty when the values speak of no rating at all. */
    Optional<ParsedReply> collect(List<JsonNode> values) {
        var context = new Context(null, aspects.size() == 1 ? aspects.get(0) : null);
        values.forEach(value -> walk(value, context));
        if (ratings.isEmpty() && rejected.isEmpty() && problems.isEmpty()) {
            return Optional.empty();
        }
        if (misnumbered) {
            // counted from 0 or otherwise: then the numbers that look right are not to be trusted either
            return Optional.of(new ParsedReply(List.of(), problems));
        }
        var all = new ArrayList<>(problems);
        for (int image = 1; image <= images; image++) {
            for (var aspect : aspects) {
                var slot = new Slot(image, aspect);
                if (!ratings.containsKey(slot)) {
                    all.add(rejected.getOrDefault(slot, slot + " has no rating"));
                }
            }
        }
        return Optional.of(new ParsedReply(List.copyOf(ratings.values()), all));
    }

    /** What the way down to a value says about it. */
    private record Context(
            @Nullable Integer image, @Nullable Aspect aspect) {

        Context image(int number) {
            return new Context(number, aspect);
        }

        Context aspect(Aspect named) {
            return new Context(image, named);
        }
    }

    private void walk(JsonNode node, Context context) {
        if (node.isObject()) {
            walkObject(node, context);
        } else if (node.isArray()) {
            boolean placed = context.image() == null && node.size() == images && !namesImages(node);
            for (int i = 0; i < node.size(); i++) {
                if (node.get(i).isContainerNode()) {
                    walk(node.get(i), placed ? context.image(i + 1) : context);
                }
            }
        }
    }

    private void walkObject(JsonNode node, Context outer) {
        var context = ownContext(node, outer);
        for (var field : node.properties()) {
            var key = field.getKey();
            var value = field.getValue();
            var aspect = Keys.aspect(key);
            var image = Keys.isImage(key) ? Optional.<Integer>empty() : imageOfKey(key);
            if (aspect.isPresent()) {
                rated(value, context.aspect(aspect.get()), rationale(node, aspect.get()));
            } else if (image.isPresent()) {
                rated(value, context.image(image.get()), "");
            } else if (Keys.isRating(key)) {
                rated(value, context, rationale(node, null));
            } else if (value.isContainerNode() && !Keys.isRationale(key)) {
                walk(value, context);
            }
        }
    }

    /** A rating, or what ratings lie in: an object, or a list with one rating for each image. */
    private void rated(JsonNode value, Context context, String rationale) {
        if (value.isObject()) {
            walkObject(value, context);
        } else if (!value.isArray()) {
            add(context, value, rationale);
        } else if (value.size() == images
                && context.image() == null
                && value.get(0).isValueNode()) {
            for (int i = 0; i < images; i++) {
                add(context.image(i + 1), value.get(i), "");
            }
        } else {
            walk(value, context);
        }
    }

    private Context ownContext(JsonNode node, Context outer) {
        var context = outer;
        for (var field : node.properties()) {
            var value = field.getValue();
            if (Keys.isImage(field.getKey()) && value.isValueNode()) {
                var number = Keys.imageNumber(value.asText());
                if (number.isPresent()) {
                    context = context.image(number.getAsInt());
                }
            } else if ("aspect".equalsIgnoreCase(field.getKey())) {
                context = Keys.aspect(value.asText()).map(context::aspect).orElse(context);
            }
        }
        return context;
    }

    private static boolean namesImages(JsonNode array) {
        for (var element : array) {
            for (var field : element.properties()) {
                if (Keys.isImage(field.getKey()) || imageOfKey(field.getKey()).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Optional<Integer> imageOfKey(String key) {
        var number = Keys.imageNumber(key);
        return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    /** The rationale beside a rating: under its own key, or among the rationales by aspect. */
    private static String rationale(JsonNode object, @Nullable Aspect aspect) {
        for (var field : object.properties()) {
            var value = field.getValue();
            if (aspect != null
                    && Keys.rationaleOf(field.getKey()).filter(aspect::equals).isPresent()) {
                return value.asText();
            }
            if (Keys.isRationale(field.getKey())) {
                return aspect == null || value.isValueNode()
                        ? value.asText()
                        : byAspect(value, aspect).asText();
            }
        }
        return "";
    }

    private static JsonNode byAspect(JsonNode rationales, Aspect aspect) {
        return rationales.properties().stream()
                .filter(field ->
                        Keys.aspect(field.getKey()).filter(aspect::equals).isPresent())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private void add(Context context, JsonNode value, String rationale) {
        var aspect = context.aspect();
        if (aspect != null && !aspects.contains(aspect)) {
            return;
        }
        Integer image = context.image() == null && images == 1 ? Integer.valueOf(1) : context.image();
        if (image == null || aspect == null) {
            problems.add("a rating does not say for which " + (image == null ? "image" : "aspect") + " it is");
            return;
        }
        if (image < 1 || image > images) {
            misnumbered = true;
            problems.add("image " + image + " does not exist: the images are numbered 1 to " + images);
            return;
        }
        var slot = new Slot(image, aspect);
        if (rejected.containsKey(slot) || ratings.remove(slot) != null) {
            rejected.put(slot, slot + " is rated more than once");
            return;
        }
        var reading = ScoreReading.of(value);
        if (reading.problem() != null) {
            rejected.put(slot, "the rating of " + slot + " is invalid: " + reading.problem());
            return;
        }
        var why = rationale.isBlank() ? reading.remark() : rationale.strip();
        ratings.put(slot, new ImageRating(image, aspect, reading.score(), why));
    }
}
