package dev.preflow.trainer.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.stream.blob.FileTree;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Checkpoints in a folder, each a directory that is there whole or not at all. The newest two are kept, so that one can go back
 * by hand. For one thread.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("iteration-(\\d{9})");
    private static final String WRITING = ".writing-";
    private static final int KEPT = 2;
    private static final String POLICY = "policy.safetensors";
    private static final String AVERAGE = "ema.safetensors";
    private static final String OPTIMISER = "optimiser.safetensors";
    private static final String STATE = "state.json";

    private final Path folder;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Checkpoints below a folder, which is made if it is not there; what an interrupted writing left behind is removed.
     *
     * @throws IOException if it cannot be written
     */
    public Checkpoints(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (var entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                if (entry.getFileName().toString().startsWith(WRITING)) {
                    FileTree.delete(entry);
                }
            }
        }
    }

    /**
     * Writes a checkpoint. When this returns it is durable.
     *
     * @throws IOException if it cannot be written; the ones before are untouched then
     */
    public void save(TrainingState state, Parameters policy, Parameters average, AdamW optimiser) throws IOException {
        Path writing = Files.createDirectory(folder.resolve(WRITING + UUID.randomUUID()));
        SafetensorsWriter.write(writing.resolve(POLICY), policy.asMap(), Map.of());
        SafetensorsWriter.write(writing.resolve(AVERAGE), average.asMap(), Map.of());
        optimiser.save(writing.resolve(OPTIMISER));
        // the writers of weights have made theirs durable
        try (FileChannel file =
                FileChannel.open(writing.resolve(STATE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(json.writeValueAsBytes(state));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        sync(writing);
        Files.move(
                writing, folder.resolve("iteration-%09d".formatted(state.iteration())), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        List<Path> all = all();
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            FileTree.delete(old);
        }
    }

    /**
     * Takes the newest checkpoint over.
     *
     * @return its state; empty if there is none, and nothing has changed then
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it belongs to another model; the weights are of no use then
     */
    public Optional<TrainingState> restore(Parameters policy, Parameters average, AdamW optimiser) throws IOException {
        List<Path> all = all();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        Path newest = all.get(all.size() - 1);
        TrainingState state = json.readValue(newest.resolve(STATE).toFile(), TrainingState.class);
        try {
            assign(policy, newest.resolve(POLICY));
            assign(average, newest.resolve(AVERAGE));
            optimiser.restore(newest.resolve(OPTIMISER));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    newest + " belongs to another model than the configured base, or to other trained parameters;"
                            + " move the checkpoints away to start anew",
                    e);
        }
        return Optional.of(state);
    }

    private static void assign(Parameters to, Path file) {
        try (Parameters saved = SafetensorsReader.readAll(file, to.manager())) {
            to.assignFrom(saved);
        }
    }

    private List<Path> all() throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(entry ->
                            NAME.matcher(entry.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /** A name is durable when its directory is. */
    private static void sync(Path directory) throws IOException {
        if (File.separatorChar == '/') {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
