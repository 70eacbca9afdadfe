package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file of named tensors that is mapped and read tensor by tensor, without a copy in the Java heap: safetensors or a state
 * dict of PyTorch.
 */
public interface WeightsFile extends AutoCloseable {

    /**
     * Opens a file by its content, whatever its name ends with.
     *
     * @throws WeightsException naming the file, if its header is not sound
     */
    static WeightsFile open(Path file) {
        return TorchReader.recognises(file) ? TorchReader.open(file) : SafetensorsReader.open(file);
    }

    /** The file. */
    Path file();

    /** What the file says of itself beside its tensors; empty if nothing. */
    Map<String, String> metadata();

    /** The tensors by name. */
    Map<String, TensorEntry> entries();

    /**
     * Reads one tensor into an array with memory of its own. Half-precision numbers become float32.
     *
     * @throws WeightsException naming the file and the tensor, if it is not there or larger than 2 GiB
     */
    NDArray read(String name, NDManager manager);

    @Override
    void close();
}
