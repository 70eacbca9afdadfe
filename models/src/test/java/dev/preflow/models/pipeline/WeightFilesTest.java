package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightFilesTest {
    private static final String NAME = "diffusion_pytorch_model";

    @TempDir
    private Path folder;

    @Test
    void shouldLoadANetworkFromItsShards() throws IOException {
        Path pipeline = folder.resolve("pipeline");
        copy(Reference.folder("sd1"), pipeline);
        Path unet = pipeline.resolve("unet");
        try (NDManager manager = TestDevice.newManager();
                Parameters whole = SafetensorsReader.readAll(unet.resolve(NAME + ".safetensors"), manager)) {
            split(whole, unet);
            Files.delete(unet.resolve(NAME + ".safetensors"));

            try (DiffusionPipeline loaded = DiffusionPipeline.load(pipeline, "shards", Precision.FLOAT32, manager);
                    PolicyLease lease = loaded.borrow()) {
                for (String name : whole.names()) {
                    NDArray read = lease.parameters().get(PipelineModels.UNET + "." + name);
                    assertThat(read.toFloatArray()).isEqualTo(whole.get(name).toFloatArray());
                }
            }
        }
    }

    @Test
    void shouldPreferFullPrecisionAndTakeWhatThereIs() throws IOException {
        Path half = Files.createFile(folder.resolve(NAME + ".fp16.safetensors"));
        assertThat(WeightFiles.find(folder, NAME)).containsExactly(half);

        Path full = Files.createFile(folder.resolve(NAME + ".safetensors"));
        assertThat(WeightFiles.find(folder, NAME)).containsExactly(full);
    }

    @Test
    void shouldNameWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> WeightFiles.find(folder, NAME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining(NAME + ".safetensors")
                .hasMessageContaining(NAME + ".fp16.safetensors.index.json");

        Path index = folder.resolve(NAME + ".safetensors.index.json");
        Files.writeString(index, "{\"weight_map\": {\"a\": \"part-1.safetensors\"}}");
        assertThatThrownBy(() -> WeightFiles.find(folder, NAME))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("part-1.safetensors is not there");

        Files.writeString(index, "{\"weight_map\": {\"a\": \"../elsewhere.safetensors\"}}");
        assertThatThrownBy(() -> WeightFiles.find(folder, NAME)).hasMessageContaining("a file elsewhere");

        Files.writeString(index, "{}");
        assertThatThrownBy(() -> WeightFiles.find(folder, NAME)).hasMessageContaining("names no file");

        Files.writeString(index, "weights");
        assertThatThrownBy(() -> WeightFiles.find(folder, NAME)).hasMessageContaining("cannot be read");
    }

    private static void split(Parameters whole, Path folder) throws IOException {
        List<Map<String, NDArray>> shards = List.of(new TreeMap<>(), new TreeMap<>());
        Map<String, String> index = new TreeMap<>();
        for (String name : new ArrayList<>(whole.names())) {
            int shard = index.size() % shards.size();
            shards.get(shard).put(name, whole.get(name));
            index.put(name, file(shard));
        }
        for (int i = 0; i < shards.size(); i++) {
            SafetensorsWriter.write(folder.resolve(file(i)), shards.get(i), Map.of("format", "pt"));
        }
        new ObjectMapper()
                .writeValue(
                        folder.resolve(NAME + ".safetensors.index.json").toFile(),
                        Map.of("metadata", Map.of("total_size", 1), "weight_map", index));
    }

    private static String file(int shard) {
        return NAME + "-0000" + (shard + 1) + "-of-00002.safetensors";
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
