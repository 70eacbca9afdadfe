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
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.MicroConditioning;
import dev.preflow.models.vae.LatentDistribution;
import dev.preflow.models.weights.SafetensorsReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks and whole pipelines in the form of Stable Diffusion 1.x, 2.x and SDXL, as diffusers saves them. */
class PipelineReferenceTest {
    private static final double CLOSE = 1e-4;
    private static final double PIXELS = 1e-3;
    private static final int STEPS = 20;
    private static final float GUIDANCE = 4;
    private static final List<String> PROMPTS = List.of("a red circle above a blue square", "two green triangles");
    private static final List<@Nullable String> ABSENT = Arrays.asList(null, null);
    private static final List<@Nullable String> NEGATIVES = List.of("blurry!", "");

    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2", "sdxl"})
    void shouldEncodeTextAsTransformersDoes(String family) {
        Parameters expected = expected(family);
        try (DiffusionPipeline pipeline = load(family);
                PolicyLease policy = pipeline.borrow()) {
            PipelineModels models = pipeline.models();
            for (int i = 0; i < models.prompts().texts().size(); i++) {
                NDArray ids = expected.get(i == 0 ? "ids" : "ids_2");
                for (int j = 0; j < PROMPTS.size(); j++) {
                    assertThat(models.prompts().texts().get(i).tokenizer().encode(PROMPTS.get(j)))
                            .isEqualTo(Arrays.stream(ids.get(j).toLongArray())
                                    .mapToInt(Math::toIntExact)
                                    .toArray());
                }
            }
            Conditioning text = models.encodePrompts(policy.parameters(), manager, PROMPTS);
            Conditioning absent = models.encodePrompts(policy.parameters(), manager, ABSENT);

            assertThat(Reference.difference(text.states(), expected.get("context")))
                    .isLessThan(CLOSE);
            assertThat(absent.states().sub(expected.get("absent")).abs().max().getFloat())
                    .isLessThan((float) CLOSE);
            assertThat(text.addition() != null).isEqualTo(expected.contains("pooled"));
            if (expected.contains("pooled")) {
                assertThat(Reference.difference(text.addition().pooled(), expected.get("pooled")))
                        .isLessThan(CLOSE);
                assertThat(absent.addition().pooled()).isEqualTo(expected.get("absent_pooled"));
                assertThat(absent.states().abs().max().getFloat()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2", "sdxl"})
    void shouldPredictAndDifferentiateAsDiffusersDoes(String family) {
        Parameters expected = expected(family);
        try (DiffusionPipeline pipeline = load(family);
                PolicyLease lease = pipeline.borrow();
                Parameters policy = lease.parameters().copy(manager);
                Autograd on = Autograd.enabled()) {
            List<String> trained = policy.trainable(name -> name.startsWith(PipelineModels.UNET));
            NDArray output = pipeline.models()
                    .predict(policy, expected.get("latents"), timesteps(expected), conditioning(expected));

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
    @ValueSource(strings = {"sd1", "sd2", "sdxl"})
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
    @ValueSource(strings = {"sd1", "sd2", "sdxl"})
    void shouldDrawTheSameImagesFromTheSameNoise(String family) {
        shouldDraw(family, ABSENT, "drawn");
        shouldDraw(family, NEGATIVES, "drawn_negative");
    }

    private void shouldDraw(String family, List<@Nullable String> negatives, String key) {
        Parameters expected = expected(family);
        NDArray start = expected.get("start");
        try (DiffusionPipeline pipeline = load(family);
                PolicyLease policy = pipeline.borrow();
                Autograd off = Autograd.disabled()) {
            PipelineModels models = pipeline.models();
            int scale = models.vae().config().downsampling();
            MicroConditioning sizes = MicroConditioning.of(
                    scale * (int) start.getShape().get(2),
                    scale * (int) start.getShape().get(3));
            Conditioning negative = models.encodePrompts(policy.parameters(), manager, negatives, sizes);
            Conditioning text = models.encodePrompts(policy.parameters(), manager, PROMPTS, sizes);
            Denoising run = Scheduler.of(models.scheduler()).start(manager, STEPS);
            NDArray latents = start.mul(run.initialScale());
            for (int i = 0; i < run.times().length; i++) {
                double[] timesteps = {run.times()[i], run.times()[i]};
                NDArray unconditional = models.predict(policy.parameters(), latents, timesteps, negative);
                NDArray conditional = models.predict(policy.parameters(), latents, timesteps, text);
                NDArray guided =
                        unconditional.add(conditional.sub(unconditional).mul(GUIDANCE));
                latents = run.step(i, guided, latents);
            }
            NDArray drawn = models.decodeLatents(pipeline.vae(), latents);

            assertThat(drawn.sub(expected.get(key)).abs().max().getFloat()).isLessThan((float) PIXELS);
            assertThat(drawn.max().sub(drawn.min()).getFloat()).isGreaterThan(0.5f);
        }
    }

    private DiffusionPipeline load(String family) {
        return DiffusionPipeline.load(Reference.folder(family), "reference", Precision.FLOAT32, manager);
    }

    private Parameters expected(String family) {
        return SafetensorsReader.readAll(Reference.folder(family).resolve(Reference.VALUES), manager);
    }

    private static Conditioning conditioning(Parameters expected) {
        NDArray states = expected.get("context");
        if (!expected.contains("pooled")) {
            return Conditioning.of(states);
        }
        double[] timeIds = Arrays.stream(expected.get("time_ids").toLongArray())
                .asDoubleStream()
                .toArray();
        return new Conditioning(states, new Conditioning.Addition(expected.get("pooled"), timeIds));
    }

    private static int[] timesteps(Parameters expected) {
        NDArray values = expected.get("timesteps").toType(DataType.INT64, true);
        return IntStream.range(0, (int) values.size())
                .map(i -> Math.toIntExact(values.getLong(i)))
                .toArray();
    }
}
