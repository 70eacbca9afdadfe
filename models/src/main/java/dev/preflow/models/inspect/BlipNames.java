package dev.preflow.models.inspect;

import dev.preflow.models.reward.BlipCheckpoint;
import dev.preflow.models.weights.TensorEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parts of ImageReward, BLIP and VP-Score. */
final class BlipNames {

    static final String UNUSED = "not used";

    private static final Map<String, String> PARTS = Map.of(
            "blip.visual_encoder.", "visual_encoder",
            "blip.text_encoder.", "text_encoder",
            "mlp.", "head");

    private BlipNames() {}

    /** Which of them a file's names are, or null. */
    static @Nullable String family(Collection<String> names) {
        if (!BlipCheckpoint.recognises(names)) {
            return null;
        }
        if (!BlipCheckpoint.hasHead(names)) {
            return "BLIP";
        }
        // What is trained here has no use for BLIP's projections; the published file keeps them.
        return names.contains("blip.vision_proj.weight") ? "ImageReward" : "VP-Score";
    }

    /** Side of the images in pixels: the grid of positions times the side of a patch. */
    static int imageSize(Map<String, TensorEntry> entries) {
        return BlipCheckpoint.imageSize(name -> entries.entrySet().stream()
                .filter(entry -> name.equals(BlipCheckpoint.parameterName(entry.getKey())))
                .map(entry -> entry.getValue().shape())
                .findFirst()
                .orElse(null));
    }

    static List<Part> parts(List<TensorEntry> entries) {
        Map<String, List<TensorEntry>> groups = new TreeMap<>();
        for (TensorEntry entry : entries) {
            String name = BlipCheckpoint.parameterName(entry.name());
            String part = name == null
                    ? UNUSED
                    : PARTS.entrySet().stream()
                            .filter(known -> name.startsWith(known.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse(UNUSED);
            groups.computeIfAbsent(part, key -> new ArrayList<>()).add(entry);
        }
        List<Part> parts = new ArrayList<>();
        for (String part : List.of("visual_encoder", "text_encoder", "head", UNUSED)) {
            if (groups.containsKey(part)) {
                parts.add(Part.of(part, groups.get(part)));
            }
        }
        return parts;
    }
}
