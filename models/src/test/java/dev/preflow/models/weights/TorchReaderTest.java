package dev.preflow.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchReaderTest {
    /** Of a float32 tensor w, for shape and strides to be filled in: what torch.save writes, in protocol 0's letters where it may. */
    private static final String TENSOR =
            "ctorch._utils\n_rebuild_tensor_v2\n((U\007storagectorch\nFloatStorage\nU\0010U\003cpuK\006tQ";

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldReadWhatPyTorchSaved() {
        Parameters expected =
                SafetensorsReader.readAll(Reference.folder("imagereward").resolve("model.safetensors"), manager);
        try (WeightsFile file = WeightsFile.open(Reference.folder("imagereward").resolve("ImageReward.pt"))) {
            assertThat(file.entries()).hasSize(expected.names().size() + 5);
            for (String name : expected.names()) {
                assertThat(file.read(name, manager)).as(name).isEqualTo(expected.get(name));
            }
            NDArray ids = file.read("blip.text_encoder.embeddings.position_ids", manager);
            assertThat(ids.getDataType()).isEqualTo(DataType.INT64);
            assertThat(ids.toLongArray()).startsWith(0, 1, 2).hasSize(64);
        }
    }

    @Test
    void shouldReadHalvesAndViewsInANestedDict() {
        Parameters expected =
                SafetensorsReader.readAll(Reference.folder("imagereward").resolve("model.safetensors"), manager);
        try (WeightsFile file = WeightsFile.open(Reference.folder("checkpoints").resolve("model_base.pth"))) {
            String name = "text_encoder.encoder.layer.0.output.dense.weight";
            NDArray whole = expected.get("blip." + name);
            NDArray half = file.read(name, manager);

            assertThat(file.entries().get(name).type()).isEqualTo(StoredType.F16);
            assertThat(half.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(Reference.difference(half, whole)).isLessThan(1e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindEntriesOfLargeArchivesToo(boolean wide) throws IOException {
        Path file = file(pickle("K\000K\002K\003\206K\003K\001\206\211}t"), wide);

        try (WeightsFile weights = WeightsFile.open(file)) {
            assertThat(weights.entries().get("w").shape()).isEqualTo(new Shape(2, 3));
            assertThat(weights.read("w", manager).toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void shouldFollowStridesAndOffsets() throws IOException {
        Path file = file(pickle("K\001K\002K\002\206K\001K\003\206\211}t"), false);

        try (WeightsFile weights = WeightsFile.open(file)) {
            assertThat(weights.read("w", manager).toFloatArray()).containsExactly(1, 4, 2, 5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cposix\\nsystem\\n(U\\002idtR. | names posix.system, which is refused",
                "cbuiltins\\neval\\n(U\\002idtR. | names builtins.eval, which is refused",
                "c__builtin__\\nValueError\\n)R. | names __builtin__.ValueError",
                "cdecimal\\nDecimal\\n(U\\0011tR. | names decimal.Decimal",
                "U\\005posixU\\006system\\223(U\\002idtR. | names posix.system",
                "(iposix\\nsystem\\n. | opcode 0x69",
                "}U\\001aK\\001s. | holds a dict of [a], but no state dict",
                "K\\001. | holds no dict",
                "X\\377\\377\\377\\177a. | a text of 2147483647 bytes",
                "ctorch\\nFloatStorage\\n)R. | pickle is damaged",
                "}b. | pickle is damaged",
                "}]K\\001s. | a key that is no text and no number",
                "}(]K\\001u. | a key that is no text and no number",
                "} | pickle is damaged",
            })
    void shouldRefuseWhatIsNoStateDict(String pickle, String problem) throws IOException {
        Path file = file("\200\004" + pickle.translateEscapes(), false);

        assertThatThrownBy(() -> WeightsFile.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }

    @Test
    void shouldRefuseTensorsBeyondTheirStorage() throws IOException {
        assertThatThrownBy(() -> WeightsFile.open(file(pickle("K\001K\002K\003\206K\003K\001\206\211}t"), false)))
                .hasMessageContaining("tensor w of F32 [2, 3] needs bytes 4 to 28 of data/0, which has 24");
        assertThatThrownBy(() -> WeightsFile.open(file(
                        pickle("K\000J\377\377\377\177J\377\377\377\177J\377\377\377\177\207K\001K\001K\001\207\211}t"),
                        false)))
                .hasMessageContaining("tensor w has an impossible shape");
        assertThatThrownBy(() -> WeightsFile.open(file(pickle("K\000J\377\377\377\377\205K\001\205\211}t"), false)))
                .hasMessageContaining("negative dimension");
    }

    @Test
    void shouldRefuseOtherFormsAndTruncatedFiles() throws IOException {
        byte[] sound = Files.readAllBytes(Reference.folder("imagereward").resolve("ImageReward.pt"));
        Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(sound, sound.length - 1000));
        Path old = Files.write(folder.resolve("old.pt"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c});
        Path other = Files.write(folder.resolve("other.zip"), StoredZip.of(Map.of("a", new byte[3]), false));

        assertThatThrownBy(() -> WeightsFile.open(cut))
                .hasMessageContaining("cut.pt")
                .hasMessageContaining("truncated");
        assertThatThrownBy(() -> WeightsFile.open(old)).hasMessageContaining("before 1.6");
        assertThatThrownBy(() -> WeightsFile.open(other)).hasMessageContaining("without data.pkl");
    }

    private static String pickle(String rest) {
        return "\200\002}U\001w" + TENSOR + rest + "Rs.";
    }

    /** An archive with a storage of the numbers 0 to 5. */
    private Path file(String pickle, boolean wide) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        entries.put("archive/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer storage = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 6; i++) {
            storage.putFloat(i);
        }
        entries.put("archive/data/0", storage.array());
        return Files.write(folder.resolve("model.pt"), StoredZip.of(entries, wide));
    }
}
