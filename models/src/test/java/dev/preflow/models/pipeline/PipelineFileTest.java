package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraOptions;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small pipelines as one file in latent diffusion's names, beside the same as diffusers' directories. */
class PipelineFileTest {
    /** Of sizes that cannot be told from tensors in networks this small. */
    private static final List<String> BESIDE = List.of(
            "tokenizer/vocab.json",
            "tokenizer/merges.txt",
            "tokenizer/tokenizer_config.json",
            "unet/config.json",
            "vae/config.json",
            "text_encoder/config.json",
            "text_encoder_2/config.json",
            "scheduler/scheduler_config.json");

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private Path single(String family) throws IOException {
        for (String name : BESIDE) {
            Path source = Reference.folder(family).resolve(name);
            if (Files.exists(source)) {
                Path target = folder.resolve(family).resolve(name);
                Files.createDirectories(target.getParent());
                Files.copy(source, target);
            }
        }
        Path file = folder.resolve(family + ".safetensors");
        return Files.copy(Reference.folder("checkpoints").resolve(family + ".safetensors"), file);
    }

    private static void assertEqual(Parameters actual, Parameters expected) {
        assertThat(actual.names()).isEqualTo(expected.names());
        expected.asMap()
                .forEach((name, array) -> assertThat(actual.get(name)).as(name).isEqualTo(array));
    }

    private static int padding(ClipTokenizer tokenizer) {
        int[] ids = tokenizer.encode("a");
        return ids[ids.length - 1];
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2", "sdxl"})
    void shouldHoldWhatTheDirectoryHolds(String family) throws IOException {
        try (DiffusionPipeline file = DiffusionPipeline.load(single(family), "file", manager);
                DiffusionPipeline directory = DiffusionPipeline.load(Reference.folder(family), "folder", manager);
                PolicyLease own = file.borrow();
                PolicyLease other = directory.borrow()) {
            assertEqual(own.parameters(), other.parameters());
            assertEqual(file.vae(), directory.vae());
            assertThat(file.models().scheduler()).isEqualTo(directory.models().scheduler());
            List<PromptEncoder.Text> texts = file.models().prompts().texts();
            ClipTokenizer first = texts.get(0).tokenizer();
            assertThat(padding(first)).isEqualTo(family.equals("sd2") ? 0 : first.endId());
            assertThat(padding(texts.get(texts.size() - 1).tokenizer()))
                    .isEqualTo(family.equals("sd1") ? first.endId() : 0);
        }
    }

    @Test
    void shouldDrawWhatTheDirectoryDraws() throws IOException {
        GenerationRequest request = GenerationRequest.of("a red circle", 5, 3, 4);
        try (DiffusionPipeline file = DiffusionPipeline.load(single("sd1"), "file", Precision.FLOAT32, manager);
                DiffusionPipeline directory =
                        DiffusionPipeline.load(Reference.folder("sd1"), "folder", Precision.FLOAT32, manager)) {
            assertThat(file.generate(List.of(request), false).get(0).image())
                    .isEqualTo(
                            directory.generate(List.of(request), false).get(0).image());
        }
    }

    @Test
    void shouldBeTheBaseOfALora() throws IOException {
        Path base = single("sd1");
        Path target = folder.resolve("lora");
        GenerationRequest request = GenerationRequest.of("a red circle", 5, 3, 4);
        try (DiffusionPipeline pipeline = DiffusionPipeline.load(base, "base", Precision.FLOAT32, manager)) {
            RgbImage plain = draw(pipeline, request);
            saveLora(pipeline, base, target);
            try (DiffusionPipeline adapted = DiffusionPipeline.load(target, "adapted", Precision.FLOAT32, manager)) {
                RgbImage drawn = draw(adapted, request);
                assertThat(drawn).isNotEqualTo(plain);
                pipeline.merge(LoraDirectory.file(target), 1);
                assertThat(drawn).isEqualTo(draw(pipeline, request));
            }
        }
        Files.delete(base);
        assertThatThrownBy(() -> DiffusionPipeline.load(target, "adapted", manager))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("its base " + base + " is not there");
    }

    private static RgbImage draw(DiffusionPipeline pipeline, GenerationRequest request) {
        return pipeline.generate(List.of(request), false).get(0).image();
    }

    private void saveLora(DiffusionPipeline pipeline, Path base, Path target) {
        try (PolicyLease lease = pipeline.borrow();
                Lora lora = Lora.create(lease.parameters(), new LoraOptions(2, 4, LoraOptions.ATTENTION), 1, manager);
                Autograd off = Autograd.disabled()) {
            lora.parameters().asMap().forEach((name, array) -> {
                if (name.endsWith("lora_B.weight")) {
                    array.addi(1);
                }
            });
            LoraDirectory.save(target, lora, lease.parameters(), base);
        }
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        Path file = single("sd1");
        Map<String, NDArray> fewer =
                new TreeMap<>(SafetensorsReader.readAll(file, manager).asMap());
        fewer.keySet().removeIf(name -> name.contains("middle_block.1.transformer_blocks.0.attn1"));
        SafetensorsWriter.write(file, fewer, Map.of());
        assertThatThrownBy(() -> DiffusionPipeline.load(file, "x", manager))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(
                        "5 missing: unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_k.weight (32, 32)");

        Files.delete(folder.resolve("sd1/tokenizer/vocab.json"));
        Files.delete(folder.resolve("sd1/tokenizer/merges.txt"));
        Files.delete(folder.resolve("sd1/tokenizer/tokenizer_config.json"));
        Files.delete(folder.resolve("sd1/tokenizer"));
        assertThatThrownBy(() -> DiffusionPipeline.load(file, "x", manager))
                .hasRootCauseMessage(
                        "There is no tokenizer for " + file + ", and a single file has none in it: put CLIP's"
                                + " vocab.json and merges.txt into " + folder.resolve("sd1/tokenizer"));
    }

    @Test
    void shouldRefuseADirectoryThatDoesNotFitItsConfig() throws IOException {
        Path model = folder.resolve("model");
        try (DiffusionPipeline pipeline = DiffusionPipeline.load(Reference.folder("sd2"), "x", manager)) {
            pipeline.save(model);
        }
        Path config = model.resolve("unet/config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"layers_per_block\" : 2", "\"layers_per_block\" : 1"));

        assertThatThrownBy(() -> DiffusionPipeline.load(model, "x", manager))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(model.resolve("unet").toString())
                .hasMessageContaining("not known to the network: down_blocks.0.attentions.1.norm.bias");
    }
}
