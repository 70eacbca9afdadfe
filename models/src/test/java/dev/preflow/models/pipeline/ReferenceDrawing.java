package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.tensor.Parameters;
import java.util.List;

/** What the drawings of {@code tools/reference} have in common, and how they are drawn again from the same noise. */
final class ReferenceDrawing {
    /** How far a pixel in [0, 1] may be off. */
    static final double PIXELS = 1e-3;

    static final List<String> PROMPTS = List.of("a red circle above a blue square", "two green triangles");
    static final List<String> NEGATIVE = List.of("blurry", "a circle");
    static final int STEPS = 20;
    static final double GUIDANCE = 4;
    static final double STRENGTH = 0.6;

    private ReferenceDrawing() {}

    /**
     * Draws.
     *
     * @param expected has the noise, as {@code name.0}, {@code name.1} and so on
     * @param before how many of them come before that of the start
     */
    static NDArray draw(
            DiffusionPipeline pipeline,
            List<GenerationRequest> requests,
            Parameters expected,
            String name,
            int before) {
        try (PolicyLease policy = pipeline.borrow()) {
            Sampler sampler = new Sampler(
                    pipeline.models(),
                    policy.parameters(),
                    pipeline.vae(),
                    requests,
                    expected.manager(),
                    purpose -> expected.get(name + "." + (purpose + before)).duplicate());
            return pipeline.models().decodeLatents(pipeline.vae(), sampler.sample(null, (done, steps) -> {}));
        }
    }

    /** The largest difference of two drawings of one shape. */
    static double off(NDArray drawn, NDArray expected) {
        assertThat(drawn.getShape()).isEqualTo(expected.getShape());
        return drawn.sub(expected).abs().max().getFloat();
    }

    /** The image of an array [3, H, W] in [0, 1]. */
    static RgbImage image(NDArray values) {
        return RgbImage.ofUnit(
                (int) values.getShape().get(2), (int) values.getShape().get(1), values.toFloatArray());
    }
}
