package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.scheduler.DdimRun;
import dev.preflow.models.scheduler.DdimScheduler;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.unet.Conditioning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiffusionPipelineTest {

    private static final String DDIM = "DDIMScheduler";

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private static GenerationRequest request(String prompt, long seed, double guidance, int stochastic) {
        return new GenerationRequest(prompt, "", seed, guidance, 4, stochastic, stochastic > 0 ? 0.7 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {DDIM, "PNDMScheduler"})
    void shouldNotLetAnImageDependOnItsBatch(String scheduler) {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, scheduler, 1)) {
            List<GenerationRequest> requests = List.of(
                    request("a red circle", 1, 1, 0),
                    request("a blue square", 2, 7.5, 0),
                    request("a red square", 3, 3, 2),
                    request("a red circle", 4, 7.5, 0),
                    request("a blue circle", 5, 12, 0),
                    request("a blue circle", 6, 1, 2),
                    request("a red circle", 6, 1, 2));
            List<GeneratedImage> together = pipeline.generate(requests, true);
            for (int i = 0; i < requests.size(); i++) {
                GeneratedImage alone =
                        pipeline.generate(List.of(requests.get(i)), true).get(0);
                assertThat(together.get(i).request()).isEqualTo(requests.get(i));
                assertThat(levels(together.get(i).image())).containsExactly(levels(alone.image()), Offset.offset(1f));
                assertThat(together.get(i).trajectory().logProbabilities())
                        .containsExactly(alone.trajectory().logProbabilities(), Offset.offset(1e-5f));
            }
            assertThat(together.get(0).image()).isNotEqualTo(together.get(3).image());
            assertThat(together.get(5).image()).isNotEqualTo(together.get(6).image());
        }
    }

    @Test
    void shouldRecreateAnImageFromItsSeed() {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            List<GenerationRequest> requests = List.of(request("a red circle", 9, 3, 4));
            GeneratedImage image = pipeline.generate(requests, false).get(0);
            assertThat(pipeline.generate(requests, false)).containsExactly(image);
            assertThat(image.trajectory()).isNull();
            assertThat(image.release()).isEqualTo("r1");
            assertThat(image.image().width()).isEqualTo(8);
        }
    }

    @Test
    void shouldDrawInAnySizeAndFromAnImage() {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            GenerationRequest request = request("a red circle", 9, 3, 0);
            List<GeneratedImage> drawn = pipeline.generate(
                    List.of(request, request.sized(new ImageSize(20, 6)), request.sized(new ImageSize(8, 8))), true);
            RgbImage image = drawn.get(1).image();
            assertThat(image.width()).isEqualTo(20);
            assertThat(image.height()).isEqualTo(6);
            assertThat(drawn.get(1).trajectory().shape()).containsExactly(4, 3, 10);
            assertThat(drawn.get(2).image()).isEqualTo(drawn.get(0).image());

            GenerationRequest little = request.from(new StartImage(image, 0.25));
            List<GeneratedImage> from =
                    pipeline.generate(List.of(little, request, request.from(new StartImage(image, 1)), little), false);
            assertThat(from.get(0).image().width()).isEqualTo(20);
            assertThat(from.get(0)).isEqualTo(from.get(3));
            assertThat(from.get(0).image()).isNotEqualTo(from.get(2).image());
            assertThat(from.get(1).image()).isEqualTo(drawn.get(0).image());
            GenerationRequest resized = little.sized(new ImageSize(8, 8));
            assertThat(pipeline.generate(List.of(resized), false).get(0).image().width())
                    .isEqualTo(8);
        }
    }

    @Test
    void shouldRefuseSizesAndStrengthsThatCannotBe() {
        GenerationRequest request = request("a red circle", 9, 3, 0);
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            GenerationRequest odd = request.sized(new ImageSize(9, 8));
            assertThatThrownBy(() -> pipeline.generate(List.of(odd), false))
                    .hasMessageContaining("9x8")
                    .hasMessageContaining("multiples of 2; the nearest is 10x8");
        }
        RgbImage image = new RgbImage(2, 2, new byte[12]);
        assertThatThrownBy(() -> request.from(new StartImage(image, 0.2))).hasMessageContaining("at least 0.25");
        assertThatThrownBy(() -> new StartImage(image, 1.5)).hasMessageContaining("strength = 1.5");
        assertThatThrownBy(() -> request("a red circle", 9, 3, 2).from(new StartImage(image, 1)))
                .hasMessageContaining("rollouts");
    }

    @Test
    void shouldRecordATrajectoryWhoseRatioIsOne() {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1);
                PolicyLease lease = pipeline.borrow()) {
            GenerationRequest request = request("a blue square", 3, 1, 3);
            Trajectory trajectory = pipeline.generate(
                            List.of(request("a red circle", 8, 1, 3), request, request("a circle", 4, 1, 3)), true)
                    .get(1)
                    .trajectory();
            assertThat(trajectory.latents()).hasDimensions(5, 4 * 4 * 4);
            assertThat(trajectory.timesteps()).hasSize(4);
            assertThat(trajectory.logProbabilities()).hasSize(3);
            PipelineModels models = pipeline.models();
            DdimRun run = new DdimScheduler(models.scheduler()).run(4, 3, 0.7);
            lease.parameters().trainable(name -> name.contains("attn"));
            try (Autograd on = Autograd.enabled()) {
                Conditioning context = models.encodePrompts(lease.parameters(), manager, List.of(request.prompt()));
                NDArray loss = manager.zeros(new Shape());
                for (int i = 0; i < 3; i++) {
                    Shape shape = new Shape(1).addAll(new Shape(trajectory.shape()));
                    NDArray before = manager.create(trajectory.latents()[i], shape);
                    NDArray after = manager.create(trajectory.latents()[i + 1], shape);
                    NDArray output = models.predict(
                            lease.parameters(), before, new int[] {trajectory.timesteps()[i]}, context);
                    NDArray log =
                            run.distribution(new int[] {i}, output, before).logProbability(after);
                    assertThat(log.getFloat() - trajectory.logProbabilities()[i])
                            .isBetween(-1e-5f, 1e-5f);
                    loss = loss.add(log.sum());
                }
                Autograd.backward(loss);
            }
            assertThat(lease.parameters().gradients(manager))
                    .allMatch(gradient -> gradient.abs().sum().getFloat() > 0);
        }
    }

    @Test
    void shouldSaveWhatItLoads() throws IOException {
        GenerationRequest request = request("a red circle", 5, 4, 0);
        RgbImage image;
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            pipeline.save(folder);
            image = pipeline.generate(List.of(request), false).get(0).image();
        }
        try (DiffusionPipeline loaded = DiffusionPipeline.load(folder, "loaded", Precision.FLOAT32, manager)) {
            GeneratedImage drawn = loaded.generate(List.of(request), false).get(0);
            assertThat(drawn.image()).isEqualTo(image);
            assertThat(drawn.release()).isEqualTo("loaded");
            Path copy = folder.resolve("copy");
            loaded.save(copy);
            for (String file : List.of("model_index.json", "unet/diffusion_pytorch_model.safetensors")) {
                assertThat(copy.resolve(file)).hasSameBinaryContentAs(folder.resolve(file));
            }
        }
        assertThat(folder.resolve("model_index.json"))
                .content()
                .contains("StableDiffusionPipeline", "\"safety_checker\" : [ null, null ]", "CLIPTokenizer");
    }

    @Test
    void shouldRefuseOtherPipelinesAndMissingWeights() throws IOException {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            pipeline.save(folder);
        }
        Files.delete(folder.resolve("vae/diffusion_pytorch_model.safetensors"));
        assertThatThrownBy(() -> DiffusionPipeline.load(folder, "x", manager))
                .hasMessageContaining("vae")
                .hasMessageContaining("fp16.safetensors");
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, Files.readString(index).replace("StableDiffusion", "Flux"));
        assertThatThrownBy(() -> DiffusionPipeline.load(folder, "x", manager)).hasMessageContaining("FluxPipeline");
    }

    @Test
    void shouldSwapWeightsWhileDrawing() throws Exception {
        List<GenerationRequest> requests = List.of(request("a red circle", 5, 1, 0));
        Map<String, RgbImage> expected = Map.of("r1", alone(1, requests), "r2", alone(2, requests));
        assertThat(expected.get("r1")).isNotEqualTo(expected.get("r2"));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            List<Future<List<GeneratedImage>>> drawing = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                drawing.add(threads.submit((Callable<List<GeneratedImage>>) () -> {
                    List<GeneratedImage> images = new ArrayList<>();
                    for (int n = 0; n < 25; n++) {
                        images.addAll(pipeline.generate(requests, false));
                    }
                    return images;
                }));
            }
            List<Parameters> swapped = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                long seed = 1 + (n + 1) % 2;
                Parameters next = pipeline.models().initPolicy(manager, seed);
                swapped.add(next);
                pipeline.swap(next, "r" + seed);
            }
            for (Future<List<GeneratedImage>> images : drawing) {
                assertThat(images.get())
                        .allSatisfy(drawn -> assertThat(drawn.image()).isEqualTo(expected.get(drawn.release())));
            }
            assertThat(swapped.stream().filter(policy -> policy.manager().isOpen()))
                    .hasSize(1);
        } finally {
            threads.shutdown();
        }
    }

    private static float[] levels(RgbImage image) {
        float[] levels = new float[image.planes().length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = image.planes()[i] & 0xFF;
        }
        return levels;
    }

    private RgbImage alone(long seed, List<GenerationRequest> requests) {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, seed)) {
            return pipeline.generate(requests, false).get(0).image();
        }
    }

    @Test
    void shouldLeaveNothingBehind() {
        try (DiffusionPipeline pipeline = TinyPipeline.create(manager, DDIM, 1)) {
            pipeline.generate(List.of(request("a red circle", 5, 3, 2)), true);
            int before = manager.getManagedArrays().size();
            pipeline.generate(List.of(request("a red circle", 6, 3, 2)), true);
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void shouldTrainBothNetworksAsOnePolicy() {
        PipelineModels models = TinyPipeline.models(DDIM);
        Parameters policy = models.initPolicy(manager, 1);
        assertThat(policy.trainable(name -> name.contains("attn")))
                .anyMatch(name -> name.startsWith("unet."))
                .anyMatch(name -> name.startsWith("text_encoder."));
        try (Autograd on = Autograd.enabled()) {
            Conditioning context =
                    models.encodePrompts(policy, manager, List.of("a red circle", "a square", "a red circle"));
            assertThat(context.states().getShape()).isEqualTo(new Shape(3, 12, 16));
            NDArray latents = manager.ones(new Shape(3, 4, 4, 4));
            NDArray output = models.predict(policy, latents, new int[] {1, 500, 999}, context);
            Autograd.backward(output.square().mean());
        }
        assertThat(policy.gradients(manager))
                .allMatch(gradient -> gradient.abs().sum().getFloat() > 0);
    }
}
