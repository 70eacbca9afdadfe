package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
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
    private static final double PIXELS = 1e-3;
    private static final List<String> PROMPTS = List.of("a red circle above a blue square", "two green triangles");
    private static final List<String> NEGATIVE = List.of("blurry", "a circle");
    private static final int STEPS = 20;
    private static final double GUIDANCE = 4;
    private static final double STRENGTH = 0.6;

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
                PolicyLease policy = pipeline.borrow();
                Autograd off = Autograd.disabled()) {
            Sampler drawing = new Sampler(
                    pipeline.models(), policy.parameters(), pipeline.vae(), requests, manager, purpose -> expected.get(
                                    name + "." + (purpose + before))
                            .duplicate());
            NDArray drawn = pipeline.models().decodeLatents(pipeline.vae(), drawing.sample(null, (done, steps) -> {}));

            assertThat(drawn.getShape()).isEqualTo(expected.get(name).getShape());
            assertThat(drawn.sub(expected.get(name)).abs().max().getFloat()).isLessThan((float) PIXELS);
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

    private static RgbImage image(NDArray values) {
        return RgbImage.ofUnit(
                (int) values.getShape().get(2), (int) values.getShape().get(1), values.toFloatArray());
    }
}
