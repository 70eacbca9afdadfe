package dev.preflow.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldReadWhatItWrote() {
        NDArray weight = Noise.normal(manager, 1, new Shape(3, 5));
        NDArray ids = manager.create(new long[] {1, Long.MAX_VALUE});
        NDArray half = manager.create(new float[] {0.5f, -2f, 65504f}).toType(DataType.FLOAT16, true);
        NDArray scalar = manager.create(4.25f);
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(
                file, Map.of("weight", weight, "ids", ids, "half", half, "scalar", scalar), Map.of("format", "pt"));
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.metadata()).containsExactly(Map.entry("format", "pt"));
        }
        try (Parameters read = SafetensorsReader.readAll(file, manager)) {
            assertThat(read.names()).containsExactly("half", "ids", "scalar", "weight");
            assertThat(read.get("weight")).isEqualTo(weight);
            assertThat(read.get("ids").toLongArray()).containsExactly(1, Long.MAX_VALUE);
            assertThat(read.get("half").toFloatArray()).containsExactly(0.5f, -2f, 65504f);
            assertThat(read.get("scalar").getShape()).isEqualTo(new Shape());
            assertThat(read.get("scalar").getFloat()).isEqualTo(4.25f);
        }
        assertThat(folder)
                .isDirectoryContaining("glob:**model.safetensors")
                .isDirectoryNotContaining("glob:**partial*");
    }

    @Test
    void shouldWriteEqualBytesForEqualTensors() throws IOException {
        Map<String, NDArray> arrays = Map.of("a", manager.ones(new Shape(2)), "b", manager.zeros(new Shape(3)));
        SafetensorsWriter.write(folder.resolve("1"), arrays, Map.of("x", "1", "y", "2"));
        SafetensorsWriter.write(folder.resolve("2"), arrays, Map.of("y", "2", "x", "1"));
        assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
        assertThat(Files.readAllBytes(folder.resolve("1"))[0] % 8).isZero();
    }

    @Test
    void shouldWidenBrainFloats() throws IOException {
        String header = "{\"w\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
        Path file = file(header, new byte[] {(byte) 0x80, 0x3f, 0x20, (byte) 0xc0});
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.read("w", manager).toFloatArray()).containsExactly(1f, -2.5f);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | needs 8 bytes",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 4 | truncated",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 | follow the last tensor",
                "{\"w\":{\"dtype\":\"F8\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4 | tensor w has dtype 'F8'",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | tensor w has shape [-1]",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | tensor w has no data_offsets",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}} | 4 | impossible shape",
                "{\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | tensor w overlaps",
                "{\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}} | 12 | tensor w leaves a gap",
                "[1] | 0 | not a JSON object",
                "{\"w\": | 0 | not JSON",
            })
    void shouldNameTheFileAndTheFault(String header, int dataBytes, String problem) throws IOException {
        Path file = file(header, new byte[dataBytes]);
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }

    @Test
    void shouldRefuseAFileOfAnotherKind() throws IOException {
        Path file = folder.resolve("page.html");
        Files.writeString(file, "<!DOCTYPE html><html></html>");
        assertThatThrownBy(() -> SafetensorsReader.open(file)).hasMessageContaining("no safetensors file");
        Files.writeString(file, "x");
        assertThatThrownBy(() -> SafetensorsReader.open(file)).hasMessageContaining("too few");
        assertThatThrownBy(() -> SafetensorsReader.open(folder.resolve("none"))).hasMessageContaining("none");
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        Path file = folder.resolve("crafted.safetensors");
        Files.write(file, bytes.array());
        return file;
    }
}
