package dev.preflow.app.cli;

import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.Framing;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.ImageSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How an image was made, in the lines that AUTOMATIC1111's web UI writes into PNG files and that other tools read. */
final class ImageParameters {
    /** The keyword of that text. */
    static final String KEYWORD = "parameters";

    private ImageParameters() {}

    /**
     * The text.
     *
     * @param sampler the sampler's name
     * @param model what drew it
     * @param loras what it drew with, which that program has as marks within the prompt
     */
    static String of(GeneratedImage drawn, String sampler, String model, List<WeightedLora> loras) {
        GenerationRequest request = drawn.request();
        RgbImage image = drawn.image();
        List<String> facts = new ArrayList<>(List.of(
                "Steps: " + request.steps(),
                "Sampler: " + sampler,
                "CFG scale: " + number(request.guidanceScale()),
                "Seed: " + request.seed(),
                "Size: " + image.width() + "x" + image.height(),
                "Model: " + model));
        if (request.start() != null) {
            facts.add("Denoising strength: " + number(request.start().strength()));
        }
        Framing told = request.framing();
        if (told != null) {
            add(facts, "Original size: ", told.originalSize());
            facts.add("Crop: " + told.cropLeft() + "x" + told.cropTop());
            add(facts, "Target size: ", told.targetSize());
        }
        facts.add("Version: Preflow");
        String negative = request.negativePrompt();
        return request.prompt()
                + loras.stream().map(ImageParameters::mark).collect(Collectors.joining())
                + (negative == null || negative.isEmpty() ? "" : "\nNegative prompt: " + negative)
                + "\n" + String.join(", ", facts);
    }

    private static void add(List<String> facts, String name, @Nullable ImageSize size) {
        if (size != null) {
            facts.add(name + size);
        }
    }

    private static String mark(WeightedLora lora) {
        String name = lora.file().getFileName().toString().replaceFirst("\\.safetensors$", "");
        return " <lora:" + name + ":" + number(lora.scale()) + ">";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%s", value);
    }
}
