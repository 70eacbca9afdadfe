package dev.preflow.models.pipeline;

import static dev.preflow.models.pipeline.ReferenceDrawing.GUIDANCE;
import static dev.preflow.models.pipeline.ReferenceDrawing.NEGATIVE;
import static dev.preflow.models.pipeline.ReferenceDrawing.PIXELS;
import static dev.preflow.models.pipeline.ReferenceDrawing.PROMPTS;
import static dev.preflow.models.pipeline.ReferenceDrawing.STEPS;
import static dev.preflow.models.pipeline.ReferenceDrawing.STRENGTH;
import static dev.preflow.models.pipeline.ReferenceDrawing.draw;
import static dev.preflow.models.pipeline.ReferenceDrawing.image;
import static dev.preflow.models.pipeline.ReferenceDrawing.off;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole drawings by each sampler, as diffusers' pipelines make them from the same noise. */
class DrawingReferenceTest {
    static List<String> samplers() throws IOException {
        return Reference.names("drawings");
    }

    private static GenerationRequest request(int item) {
        return new GenerationRequest(PROMPTS.get(item), NEGATIVE.get(item), item, GUIDANCE, STEPS, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void shouldDrawInAnotherSizeThanTheModels(String sampler) {
        try (NDManager manager = TestDevice.newManager()) {
            Parameters expected = expected(sampler, manager);
            List<GenerationRequest> requests = IntStream.range(0, PROMPTS.size())
                    .mapToObj(i -> request(i).sized(new ImageSize(40, 24)))
                    .toList();

            compare(sampler, requests, expected, "wide", 0);
        }
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void shouldDrawFromAnImage(String sampler) {
        try (NDManager manager = TestDevice.newManager()) {
            Parameters expected = expected(sampler, manager);
            NDArray images = expected.get("image");
            List<GenerationRequest> requests = IntStream.range(0, PROMPTS.size())
                    .mapToObj(i -> request(i).from(new StartImage(image(images.get(i)), STRENGTH)))
                    .toList();

            // the encoder's noise comes first
            compare(sampler, requests, expected, "from", 1);
        }
    }

    private static void compare(
            String sampler, List<GenerationRequest> requests, Parameters expected, String name, int before) {
        NDManager manager = expected.manager();
        try (DiffusionPipeline pipeline = DiffusionPipeline.load(
                        Reference.folder("sd1"), "reference", own -> config(sampler), Precision.FLOAT32, manager);
                Autograd off = Autograd.disabled()) {
            NDArray drawn = draw(pipeline, requests, expected, name, before);

            assertThat(off(drawn, expected.get(name))).isLessThan(PIXELS);
            assertThat(drawn.max().sub(drawn.min()).getFloat()).isGreaterThan(0.5f);
        }
    }

    private static Parameters expected(String sampler, NDManager manager) {
        return SafetensorsReader.readAll(folder(sampler).resolve(Reference.VALUES), manager);
    }

    private static SchedulerConfig config(String sampler) {
        try {
            return SchedulerConfig.load(folder(sampler).resolve("scheduler_config.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder(String sampler) {
        return Reference.folder("drawings/" + sampler);
    }
}
