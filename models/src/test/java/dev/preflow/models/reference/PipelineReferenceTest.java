package dev.preflow.models.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.scheduler.Denoising;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.vae.LatentDistribution;
import dev.preflow.models.weights.SafetensorsReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks and whole pipelines in the form of Stable Diffusion 1.x and 2.x, as diffusers saves them. */
class PipelineReferenceTest {
    private static final double CLOSE = 1e-4;
    private static final double PIXELS = 1e-3;
    private static final int STEPS = 20;
    private static final float GUIDANCE = 4;
    private static final List<String> PROMPTS = List.of("a red circle above a blue square", "two green triangles");

    private final NDManager manager = Torch.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2"})
    void shouldEncodeTextAsTransformersDoes(String family) {
        Parameters expected = expected(family);
        try (DiffusionPipeline pipeline = load(family);
                PolicyLease policy = pipeline.borrow()) {
            NDArray ids = expected.get("ids");
            for (int i = 0; i < PROMPTS.size(); i++) {
                assertThat(pipeline.models()
                                .prompts()
                                .texts()
                                .get(0)
                                .tokenizer()
                                .encode(PROMPTS.get(i)))
                        .isEqualTo(Arrays.stream(ids.get(i).toLongArray())
                                .mapToInt(Math::toIntExact)
                                .toArray());
            }
            Conditioning context = pipeline.models().encodePrompts(policy.parameters(), manager, PROMPTS);

            assertThat(Reference.difference(context.states(), expected.get("context")))
                    .isLessThan(CLOSE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2"})
    void shouldPredictAndDifferentiateAsDiffusersDoes(String family) {
        Parameters expected = expected(family);
        try (DiffusionPipeline pipeline = load(family);
                PolicyLease lease = pipeline.borrow();
                Parameters policy = lease.parameters().copy(manager);
                Autograd on = Autograd.enabled()) {
            List<String> trained = policy.trainable(name -> name.startsWith(PipelineModels.UNET));
            NDArray output = pipeline.models()
                    .predict(
                            policy,
                            expected.get("latents"),
                            timesteps(expected),
                            Conditioning.of(expected.get("context")));

            assertThat(Reference.difference(output, expected.get("output"))).isLessThan(CLOSE);
            Autograd.backward(output.mul(expected.get("probe")).sum());
            assertThat(trained).hasSizeGreaterThan(100);
            for (String name : trained) {
                String own = name.substring(PipelineModels.UNET.length() + 1);
                assertThat(Reference.difference(policy.get(name).getGradient(), expected.get("gradient." + own)))
                        .as("gradient of %s", own)
                        .isLessThan(CLOSE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2"})
    void shouldEncodeAndDecodeImagesAsDiffusersDoes(String family) {
        Parameters expected = expected(family);
        try (DiffusionPipeline pipeline = load(family);
                Autograd off = Autograd.disabled()) {
            LatentDistribution latents =
                    pipeline.models().vae().encode(pipeline.vae().root(), expected.get("images"));
            NDArray decoded = pipeline.models().vae().decode(pipeline.vae().root(), expected.get("latents"));

            assertThat(Reference.difference(latents.mean(), expected.get("mean")))
                    .isLessThan(CLOSE);
            assertThat(Reference.difference(latents.logVariance(), expected.get("logvar")))
                    .isLessThan(CLOSE);
            assertThat(Reference.difference(decoded, expected.get("decoded"))).isLessThan(CLOSE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2"})
    void shouldDrawTheSameImagesFromTheSameNoise(String family) {
        Parameters expected = expected(family);
        try (DiffusionPipeline pipeline = load(family);
                PolicyLease policy = pipeline.borrow();
                Autograd off = Autograd.disabled()) {
            PipelineModels models = pipeline.models();
            Conditioning empty = models.encodePrompts(policy.parameters(), manager, List.of("", ""));
            Conditioning context = models.encodePrompts(policy.parameters(), manager, PROMPTS);
            NDArray latents = expected.get("start");
            Denoising run = Scheduler.of(models.scheduler()).start(manager, STEPS);
            for (int i = 0; i < run.times().length; i++) {
                double[] timesteps = {run.times()[i], run.times()[i]};
                NDArray unconditional = models.predict(policy.parameters(), latents, timesteps, empty);
                NDArray conditional = models.predict(policy.parameters(), latents, timesteps, context);
                NDArray guided =
                        unconditional.add(conditional.sub(unconditional).mul(GUIDANCE));
                latents = run.step(i, guided, latents);
            }
            NDArray drawn = models.decodeLatents(pipeline.vae(), latents);

            assertThat(drawn.sub(expected.get("drawn")).abs().max().getFloat()).isLessThan((float) PIXELS);
            assertThat(drawn.max().sub(drawn.min()).getFloat()).isGreaterThan(0.5f);
        }
    }

    private DiffusionPipeline load(String family) {
        return DiffusionPipeline.load(Reference.folder(family), "reference", manager);
    }

    private Parameters expected(String family) {
        return SafetensorsReader.readAll(Reference.folder(family).resolve(Reference.VALUES), manager);
    }

    private static int[] timesteps(Parameters expected) {
        NDArray values = expected.get("timesteps").toType(DataType.INT64, true);
        return IntStream.range(0, (int) values.size())
                .map(i -> Math.toIntExact(values.getLong(i)))
                .toArray();
    }
}
