package dev.preflow.demo.endpoint;

import dev.preflow.demo.judge.Aspect;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes ratings down: as JSON, or in the plain form of the paper's template (section F.2). */
final class ReplyWriter {
    /**
     * A rating as it is spoken out.
     *
     * @param rating 1 to 5
     * @param rationale what was seen
     */
    record Spoken(int rating, String rationale) {}

    private ReplyWriter() {}

    /**
     * The reply's text.
     *
     * @param aspects those asked for; a single one's rating stands in the image's entry, several stand under their names
     * @param images the ratings of each image
     */
    static String write(List<Aspect> aspects, List<Map<Aspect, Spoken>> images, boolean json) {
        return json ? json(aspects, images).encode() : text(aspects, images);
    }

    private static JsonObject json(List<Aspect> aspects, List<Map<Aspect, Spoken>> images) {
        JsonArray entries = new JsonArray();
        for (int i = 0; i < images.size(); i++) {
            JsonObject entry = new JsonObject().put("image", i + 1);
            for (Aspect aspect : aspects) {
                Spoken spoken = images.get(i).get(aspect);
                JsonObject rating =
                        new JsonObject().put("rating", spoken.rating()).put("rationale", spoken.rationale());
                if (aspects.size() == 1) {
                    entry.mergeIn(rating);
                } else {
                    entry.put(aspect.name().toLowerCase(Locale.ROOT), rating);
                }
            }
            entries.add(entry);
        }
        return new JsonObject().put("images", entries);
    }

    private static String text(List<Aspect> aspects, List<Map<Aspect, Spoken>> images) {
        StringBuilder reply = new StringBuilder("## Output\n");
        for (int i = 0; i < images.size(); i++) {
            reply.append("\n### Output for Image ").append(i + 1).append('\n');
            for (Aspect aspect : aspects) {
                Spoken spoken = images.get(i).get(aspect);
                String name = aspects.size() == 1 ? "" : label(aspect) + " ";
                reply.append(name).append("Rating: ").append(spoken.rating()).append('\n');
                reply.append(name)
                        .append("Rationale: ")
                        .append(spoken.rationale())
                        .append('\n');
            }
        }
        return reply.toString();
    }

    private static String label(Aspect aspect) {
        return switch (aspect) {
            case PROMPT_FOLLOWING -> "Prompt-Following";
            case AESTHETIC -> "Aesthetic";
            case FIDELITY -> "Fidelity";
            case HARMLESSNESS -> "Harmlessness";
        };
    }
}
