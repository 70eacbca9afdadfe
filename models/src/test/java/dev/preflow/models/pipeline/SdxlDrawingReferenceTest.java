package dev.preflow.models.pipeline;

import static dev.preflow.models.pipeline.ReferenceDrawing.GUIDANCE;
import static dev.preflow.models.pipeline.ReferenceDrawing.NEGATIVE;
import static dev.preflow.models.pipeline.ReferenceDrawing.PIXELS;
import static dev.preflow.models.pipeline.ReferenceDrawing.PROMPTS;
import static dev.preflow.models.pipeline.ReferenceDrawing.STEPS;
import static dev.preflow.models.pipeline.ReferenceDrawing.STRENGTH;
import static dev.preflow.models.pipeline.ReferenceDrawing.image;
import static dev.preflow.models.pipeline.ReferenceDrawing.off;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drawings from an image by SDXL and by its refiner, as diffusers' {@code StableDiffusionXLImg2ImgPipeline} makes them. */
class SdxlDrawingReferenceTest {
    private static final String REFINER = "sdxl-refiner";

    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({
        "sdxl, img2img.safetensors, from",
        "sdxl, img2img.safetensors, absent",
        "sdxl, img2img.safetensors, told",
        "sdxl-refiner, fixtures.safetensors, from",
        "sdxl-refiner, fixtures.safetensors, absent",
        "sdxl-refiner, fixtures.safetensors, told"
    })
    void shouldDrawFromAnImage(String model, String file, String name) {
        Parameters expected = SafetensorsReader.readAll(Reference.folder(model).resolve(file), manager);
        boolean negative = !name.equals("absent");
        try (DiffusionPipeline pipeline =
                        DiffusionPipeline.load(Reference.folder(model), "reference", Precision.FLOAT32, manager);
                Autograd off = Autograd.disabled()) {
            Framing framing = name.equals("told") ? framing(model) : null;

            NDArray drawn = draw(pipeline, expected, name, negative, framing);

            assertThat(off(drawn, expected.get(name))).isLessThan(PIXELS);
            assertThat(drawn.max().sub(drawn.min()).getFloat()).isGreaterThan(0.5f);
            if (framing != null) {
                NDArray plain = draw(pipeline, expected, name, negative, null);
                assertThat(off(plain, expected.get(name))).isGreaterThan(10 * PIXELS);
            }
        }
    }

    private static NDArray draw(
            DiffusionPipeline pipeline, Parameters expected, String name, boolean negative, @Nullable Framing framing) {
        List<GenerationRequest> requests = IntStream.range(0, PROMPTS.size())
                .mapToObj(i -> new GenerationRequest(
                                PROMPTS.get(i), negative ? NEGATIVE.get(i) : null, i, GUIDANCE, STEPS, 0, 0)
                        .from(new StartImage(image(expected.get("image").get(i)), STRENGTH))
                        .framed(framing))
                .toList();
        // the encoder's noise comes first
        return ReferenceDrawing.draw(pipeline, requests, expected, name, 1);
    }

    /** What the fixtures call {@code TOLD}; the refiner is told of no target size. */
    private static Framing framing(String model) {
        return new Framing(new ImageSize(48, 64), 3, 5, model.equals(REFINER) ? null : new ImageSize(32, 40));
    }
}
