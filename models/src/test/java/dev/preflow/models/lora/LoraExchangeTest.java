package dev.preflow.models.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.scheduler.Denoising;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRA files between diffusers and Preflow, in both directions; the other half is {@code tools/reference/lora.py}. */
class LoraExchangeTest {
    private static final double CLOSE = 1e-4;
    private static final int STEPS = 8;
    private static final double GUIDANCE = 3;
    private static final List<String> PROMPTS = List.of("a red circle", "a blue square");

    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({"diffusers, pytorch_lora_weights", "kohya, kohya"})
    void shouldAnswerAsDiffusersWithWhatDiffusersWrote(String form, String file) {
        Parameters inputs = values("sd1", Reference.VALUES);
        Parameters expected = values("lora", "expected.safetensors");
        try (DiffusionPipeline pipeline =
                        DiffusionPipeline.load(Reference.folder("sd1"), "reference", Precision.FLOAT32, manager);
                PolicyLease base = pipeline.borrow();
                Autograd on = Autograd.enabled()) {
            Lora lora =
                    LoraFile.read(Reference.folder("lora").resolve(file + ".safetensors"), base.parameters(), manager);
            lora.parameters().trainable(name -> !name.endsWith("alpha"));
            Parameters policy = lora.over(base.parameters(), manager);
            PipelineModels models = pipeline.models();
            Conditioning context = models.encodePrompts(
                    policy, manager, List.of("a red circle above a blue square", "two green triangles"));
            NDArray output = models.predict(policy, inputs.get("latents"), new int[] {3, 851}, context);

            assertThat(Reference.difference(output, inputs.get("output"))).isGreaterThan(0.05);
            assertThat(Reference.difference(context.states(), expected.get(form + ".context")))
                    .isLessThan(CLOSE);
            assertThat(Reference.difference(output, expected.get(form + ".output")))
                    .isLessThan(CLOSE);
            if (form.equals("diffusers")) {
                Autograd.backward(output.mul(inputs.get("probe")).sum());
                requireGradients(lora, expected);
            }
        }
    }

    private static void requireGradients(Lora lora, Parameters expected) {
        assertThat(lora.modules()).hasSizeGreaterThan(50);
        for (String module : lora.modules()) {
            String name = "gradient." + module.replace("text_model.", "");
            assertThat(Reference.difference(lora.down(module).getGradient(), expected.get(name + ".lora_A.weight")))
                    .as(module)
                    .isLessThan(CLOSE);
            assertThat(Reference.difference(lora.up(module).getGradient(), expected.get(name + ".lora_B.weight")))
                    .as(module)
                    .isLessThan(CLOSE);
        }
    }

    private Parameters values(String folder, String file) {
        return SafetensorsReader.readAll(Reference.folder(folder).resolve(file), manager);
    }

    /** What it leaves in {@code target/lora} is what the script compares with diffusers. */
    @Test
    void shouldDrawTheSameFromBothFormsAndWhenMerged() throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "lora"));
        try (DiffusionPipeline pipeline = DiffusionPipeline.load(
                        Path.of("..", "demo", "models", "base"), "base", Precision.FLOAT32, manager);
                PolicyLease lease = pipeline.borrow();
                Autograd off = Autograd.disabled()) {
            Parameters base = lease.parameters();
            NDArray latents = Noise.normalBatch(
                    manager, new long[] {1, 2}, pipeline.models().latentShape());
            NDArray plain = draw(pipeline, base, latents);
            Lora lora = Lora.create(
                    base,
                    new LoraOptions(
                            4,
                            8,
                            List.of("to_q", "to_k", "to_v", "to_out.0", "proj_in", "conv1", "q_proj", "out_proj")),
                    3,
                    manager);
            LoraTest.randomise(lora, 4);
            NDArray drawn = draw(pipeline, lora.over(base, manager), latents);
            assertThat(drawn.sub(plain).abs().max().getFloat()).isGreaterThan(0.05f);

            for (LoraFormat format : LoraFormat.values()) {
                Path file = folder.resolve(format.name().toLowerCase(Locale.ROOT) + ".safetensors");
                LoraFile.write(file, lora, base, format, Map.of());
                Parameters read = LoraFile.read(file, base, manager).over(base, manager);
                assertThat(draw(pipeline, read, latents).toFloatArray()).isEqualTo(drawn.toFloatArray());
            }
            SafetensorsWriter.write(
                    folder.resolve("drawn.safetensors"),
                    Map.of("latents", latents, "base", plain, "lora", drawn),
                    Map.of(
                            "options",
                            new ObjectMapper()
                                    .writeValueAsString(
                                            Map.of("prompts", PROMPTS, "steps", STEPS, "guidance", GUIDANCE))));
            lora.mergeInto(base, 1);
            assertThat(draw(pipeline, base, latents).sub(drawn).abs().max().getFloat())
                    .isLessThan(1e-4f);
        }
    }

    private NDArray draw(DiffusionPipeline pipeline, Parameters policy, NDArray start) {
        PipelineModels models = pipeline.models();
        Conditioning empty = models.encodePrompts(policy, manager, Collections.nCopies(PROMPTS.size(), ""));
        Conditioning context = models.encodePrompts(policy, manager, PROMPTS);
        Denoising run = Scheduler.of(models.scheduler()).start(manager, STEPS);
        NDArray latents = start;
        for (int i = 0; i < run.times().length; i++) {
            double[] times = {run.times()[i], run.times()[i]};
            NDArray unconditional = models.predict(policy, latents, times, empty);
            NDArray conditional = models.predict(policy, latents, times, context);
            latents =
                    run.step(i, unconditional.add(conditional.sub(unconditional).mul(GUIDANCE)), latents);
        }
        return models.decodeLatents(pipeline.vae(), latents);
    }
}
