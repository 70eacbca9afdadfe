package dev.preflow.models.inspect;

import dev.preflow.models.weights.TensorEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names of LoRA files.
 *
 * @param form diffusers' or kohya's, with the ranks
 * @param parts the adapters of each network
 */
record LoraNames(String form, List<Part> parts) {

    private static final Pattern KOHYA = Pattern.compile("lora_(unet|te|te1|te2)_.*\\.lora_down\\.weight");
    private static final Pattern DIFFUSERS = Pattern.compile(
            "(?:.*\\.)?(?:lora_A|lora\\.down|lora_linear_layer\\.down|\\w+_lora\\.down)" + "(?:\\.\\w+)?\\.weight");

    /** What a file's tensors are, or null if they are no LoRA. */
    static @Nullable LoraNames of(List<TensorEntry> entries) {
        List<TensorEntry> kohya = matching(entries, KOHYA);
        List<TensorEntry> diffusers = matching(entries, DIFFUSERS);
        List<TensorEntry> down = kohya.isEmpty() ? diffusers : kohya;
        if (down.isEmpty()) {
            return null;
        }
        // The map down to the rank is a linear map [rank, in] or a convolution [rank, in, k, k].
        String ranks = new TreeSet<>(
                        down.stream().map(entry -> entry.shape().get(0)).toList())
                .stream().map(String::valueOf).collect(Collectors.joining(", "));
        String form = (kohya.isEmpty() ? "diffusers' form" : "kohya's form") + ", rank " + ranks + ", " + down.size()
                + " layers";
        Map<String, List<TensorEntry>> groups = new TreeMap<>();
        entries.forEach(entry -> groups.computeIfAbsent(network(entry.name()), key -> new ArrayList<>())
                .add(entry));
        List<Part> parts = new ArrayList<>();
        groups.forEach((network, own) -> parts.add(Part.of(network, own)));
        return new LoraNames(form, parts);
    }

    private static List<TensorEntry> matching(List<TensorEntry> entries, Pattern pattern) {
        return entries.stream()
                .filter(entry ->
                        pattern.matcher(entry.name()).matches() && entry.shape().dimension() > 0)
                .toList();
    }

    private static String network(String name) {
        if (name.startsWith("text_encoder_2.") || name.startsWith("lora_te2_")) {
            return "text_encoder_2";
        }
        return name.startsWith("text_encoder.") || name.startsWith("lora_te") ? "text_encoder" : "unet";
    }
}
