package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefinerPipelineTest {
    private static final GenerationRequest FROM_NOISE = GenerationRequest.of("a red circle", 5, 3, 4);

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private DiffusionPipeline refiner() {
        return load(Reference.folder("sdxl-refiner"));
    }

    private DiffusionPipeline load(Path directory) {
        return DiffusionPipeline.load(directory, "refiner", Precision.FLOAT32, manager);
    }

    private static GenerationRequest fromAnImage() {
        float[] grey = new float[3 * 16 * 16];
        Arrays.fill(grey, 0.5f);
        return FROM_NOISE.from(new StartImage(RgbImage.ofUnit(16, 16, grey), 0.5));
    }

    @Test
    void shouldSaveWhatItDraws() {
        RgbImage image;
        try (DiffusionPipeline refiner = refiner()) {
            refiner.save(folder);
            image = refiner.generate(List.of(fromAnImage()), false).get(0).image();
        }

        assertThat(folder.resolve("text_encoder")).doesNotExist();
        assertThat(folder.resolve("model_index.json"))
                .content()
                .contains("StableDiffusionXLImg2ImgPipeline", "\"requires_aesthetics_score\" : true");
        try (DiffusionPipeline saved = load(folder)) {
            assertThat(saved.models().prompts().forceZerosForEmptyPrompt()).isFalse();
            assertThat(saved.generate(List.of(fromAnImage()), false).get(0).image())
                    .isEqualTo(image);
        }
    }

    @Test
    void shouldRefuseToDrawFromNoise() {
        try (DiffusionPipeline refiner = refiner()) {
            assertThatThrownBy(() -> refiner.generate(List.of(FROM_NOISE), false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SDXL's refiner");
        }
    }

    @Test
    void shouldRefuseAFramingThatTheModelIsNotToldOf() {
        Framing target = new Framing(null, 0, 0, new ImageSize(8, 8));
        try (DiffusionPipeline refiner = refiner();
                DiffusionPipeline older = load(Reference.folder("sd1"))) {
            assertThatThrownBy(() -> refiner.generate(List.of(fromAnImage().framed(target)), false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("target size");
            assertThatThrownBy(() -> older.generate(List.of(FROM_NOISE.framed(target)), false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Only SDXL");
        }
    }

    @Test
    void shouldLoadTheBaseThatWasSavedToDrawFromImages() throws IOException {
        try (DiffusionPipeline base = load(Reference.folder("sdxl"))) {
            base.save(folder);
        }
        Path index = folder.resolve("model_index.json");
        Files.writeString(
                index,
                Files.readString(index).replace("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline"));

        try (DiffusionPipeline loaded = load(folder)) {
            assertThat(loaded.models().refines()).isFalse();
            assertThat(loaded.generate(List.of(FROM_NOISE), false)).hasSize(1);
        }
    }
}
