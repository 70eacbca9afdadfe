package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a state dict that {@code torch.save} wrote ({@code .pt}, {@code .pth}, {@code .ckpt}, {@code .bin}), on its own or
 * under {@code state_dict} or {@code model}. Its pickle is read with {@link TorchPickle restrictions}; its storages are mapped.
 */
final class TorchReader implements WeightsFile {

    private static final List<String> NESTS = List.of("state_dict", "model");
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    /** The pickled magic number that begins the files of PyTorch before 1.6. */
    private static final byte[] OLD = {(byte) 0x80, 2, (byte) 0x8a, 10};

    private static final String PICKLE = "/data.pkl";
    private static final long PICKLE_LIMIT = 100_000_000;

    private final MappedFile file;
    private final Map<String, TorchTensor> tensors = new TreeMap<>();
    private final NavigableMap<String, TensorEntry> entries = new TreeMap<>();

    private TorchReader(MappedFile file) throws IOException {
        this.file = file;
        if (file.map(0, 1).get(0) != ZIP[0]) {
            throw new WeightsException(
                    file.path(),
                    "it is in the form of PyTorch before 1.6: load it there and save it with a newer torch.save");
        }
        Map<String, ZipEntries.Range> ranges = ZipEntries.read(file.path(), file.channel());
        String pickle = ranges.keySet().stream()
                .filter(name -> name.endsWith(PICKLE))
                .findFirst()
                .orElseThrow(() -> new WeightsException(
                        file.path(), "it is a zip archive without data.pkl, and not what torch.save writes"));
        String root = pickle.substring(0, pickle.length() - PICKLE.length());
        requireLittleEndian(ranges.get(root + "/byteorder"));
        collect(TorchPickle.read(file.path(), bytes(ranges.get(pickle))));
        tensors.forEach((name, tensor) -> {
            ZipEntries.Range storage = ranges.get(root + "/data/" + tensor.storage());
            entries.put(name, entry(name, tensor, storage));
        });
    }

    /** Whether a file begins as PyTorch's do; as a header's length these bytes are beyond the limit of safetensors. */
    static boolean recognises(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(ZIP.length);
            return Arrays.equals(start, OLD) || Arrays.equals(start, ZIP);
        } catch (IOException e) {
            throw new WeightsException(file, "it cannot be read: " + e, e);
        }
    }

    static TorchReader open(Path file) {
        return MappedFile.open(file, TorchReader::new);
    }

    private void requireLittleEndian(ZipEntries.@Nullable Range range) throws IOException {
        if (range != null && !new String(bytes(range), StandardCharsets.UTF_8).equals("little")) {
            throw new WeightsException(file.path(), "its numbers are not little endian");
        }
    }

    private byte[] bytes(ZipEntries.Range range) {
        if (range.bytes() > PICKLE_LIMIT) {
            throw new WeightsException(
                    file.path(), "its pickle has " + range.bytes() + " bytes, more than any state dict needs");
        }
        byte[] bytes = new byte[(int) range.bytes()];
        file.map(range.begin(), range.bytes()).get(bytes);
        return bytes;
    }

    private void collect(Object root) {
        if (root instanceof Map<?, ?> map) {
            take(map);
            for (String nest : NESTS) {
                if (tensors.isEmpty() && map.get(nest) instanceof Map<?, ?> inner) {
                    take(inner);
                }
            }
        }
        if (tensors.isEmpty()) {
            String found = root instanceof Map<?, ?> map
                    ? "a dict of "
                            + map.keySet().stream()
                                    .limit(5)
                                    .map(String::valueOf)
                                    .collect(Collectors.toList())
                    : "no dict";
            throw new WeightsException(
                    file.path(), "it holds " + found + ", but no state dict, nor one under " + NESTS);
        }
    }

    private void take(Map<?, ?> map) {
        map.forEach((name, value) -> {
            if (name instanceof String text && value instanceof TorchTensor tensor) {
                tensors.put(text, tensor);
            }
        });
    }

    private TensorEntry entry(String name, TorchTensor tensor, ZipEntries.@Nullable Range storage) {
        if (storage == null) {
            throw new WeightsException(
                    file.path(), "tensor " + name + " lies in data/" + tensor.storage() + ", which is missing");
        }
        try {
            long begin = Math.multiplyExact(tensor.offset(), tensor.type().bytes());
            long bytes = Math.multiplyExact(tensor.span(), tensor.type().bytes());
            if (begin < 0 || Math.addExact(begin, bytes) > storage.bytes()) {
                String problem = "tensor %s of %s %s needs bytes %d to %d of data/%s, which has %d";
                throw new WeightsException(
                        file.path(),
                        problem.formatted(
                                name,
                                tensor.type(),
                                tensor.shape(),
                                begin,
                                begin + bytes,
                                tensor.storage(),
                                storage.bytes()));
            }
            long at = storage.begin() + begin;
            return new TensorEntry(name, tensor.type(), new Shape(tensor.shape()), at, at + bytes);
        } catch (ArithmeticException e) {
            throw new WeightsException(file.path(), "tensor " + name + " has an impossible shape " + tensor.shape(), e);
        }
    }

    @Override
    public Path file() {
        return file.path();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Map<String, TensorEntry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public NDArray read(String name, NDManager manager) {
        TensorEntry entry = file.require(this, name);
        TorchTensor tensor = tensors.get(name);
        ByteBuffer data = file.map(entry.begin(), entry.bytes());
        return MappedArrays.create(
                manager, tensor.contiguous() ? data : gather(data, tensor, manager), entry.shape(), entry.type());
    }

    /** The elements of a view, which lie apart or in another order, one behind the other. */
    private static ByteBuffer gather(ByteBuffer data, TorchTensor tensor, NDManager manager) {
        int width = tensor.type().bytes();
        ByteBuffer result = manager.allocateDirect(Math.toIntExact(Math.multiplyExact(tensor.size(), width)));
        int rank = tensor.shape().size();
        long[] index = new long[rank];
        long at = 0;
        while (result.hasRemaining()) {
            for (int b = 0; b < width; b++) {
                result.put(data.get((int) (at * width) + b));
            }
            for (int d = rank - 1; d >= 0; d--) {
                at += tensor.strides().get(d);
                if (++index[d] < tensor.shape().get(d)) {
                    break;
                }
                at -= tensor.strides().get(d) * index[d];
                index[d] = 0;
            }
        }
        return result.rewind();
    }

    @Override
    public void close() {
        file.close();
    }
}
