package dev.preflow.models.pipeline;

import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraFile;
import dev.preflow.models.lora.LoraFormat;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A directory that has a LoRA in place of weights: diffusers' {@code pytorch_lora_weights.safetensors}, whose metadata says
 * which base it belongs to. It is how a policy is released that is trained as a LoRA.
 */
public final class LoraDirectory {

    private static final String BASE = "preflow.base";

    private LoraDirectory() {}

    /** Whether a directory has a LoRA, and no pipeline of its own. */
    public static boolean holds(Path directory) {
        return Files.isRegularFile(file(directory)) && !Files.exists(directory.resolve(PipelineDirectory.INDEX));
    }

    /** The LoRA's file. */
    public static Path file(Path directory) {
        return directory.resolve(LoraFile.NAME);
    }

    /**
     * Writes a LoRA with the name of its base.
     *
     * @param directory is made if it is not there
     * @param base the weights that it adapts
     * @param source the diffusers directory or the single file that the weights come from
     */
    public static void save(Path directory, Lora lora, Parameters base, Path source) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the LoRA to " + directory, e);
        }
        Map<String, String> metadata =
                Map.of(BASE, source.toAbsolutePath().normalize().toString());
        LoraFile.write(file(directory), lora, base, LoraFormat.DIFFUSERS, metadata);
    }

    /**
     * The diffusers directory or the single file that a LoRA belongs to.
     *
     * @throws WeightsException if the LoRA does not say, or its base is not there
     */
    public static Path base(Path directory) {
        Path file = file(directory);
        String base;
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            base = reader.metadata().get(BASE);
        }
        if (base == null) {
            throw new WeightsException(file, "its metadata has no " + BASE + ": give the LoRA beside a model instead");
        }
        if (!Files.exists(Path.of(base))) {
            throw new WeightsException(
                    file, "its base " + base + " is not there: give the LoRA beside a copy of that model instead");
        }
        return Path.of(base);
    }
}
