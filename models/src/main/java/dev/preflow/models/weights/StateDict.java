package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one or several files under a network's names, known by name and shape before any of them is read.
 */
public final class StateDict implements AutoCloseable {

    /** What becomes of a stored tensor. */
    @FunctionalInterface
    public interface Mapping {

        /**
         * The network's names of a stored tensor and how each sees it; none if the network does not use it.
         *
         * @param name its name in the file
         * @param shape its shape in the file
         */
        Map<String, TensorView> targets(String name, Shape shape);

        /** A mapping that changes names only; null leaves a tensor out. */
        static Mapping names(UnaryOperator<@Nullable String> rename) {
            return (name, shape) -> {
                String target = rename.apply(name);
                return target == null ? Map.of() : Map.of(target, TensorView.WHOLE);
            };
        }
    }

    private record Source(WeightsFile file, TensorEntry entry, TensorView view) {}

    private static final int EXAMPLES = 3;

    private final Path source;
    private final List<WeightsFile> files = new ArrayList<>();
    private final Map<String, Source> tensors = new TreeMap<>();
    private final Map<String, Shape> shapes = new TreeMap<>();

    private StateDict(Path source) {
        this.source = source;
    }

    /**
     * Opens files, of which only the headers are read.
     *
     * @param source the file or the folder that errors name
     * @throws WeightsException naming the file and the tensor, if a file is not sound
     */
    public static StateDict open(Path source, Collection<Path> files, Mapping mapping) {
        StateDict dict = new StateDict(source);
        try {
            for (Path path : files) {
                dict.take(WeightsFile.open(path), mapping);
            }
            return dict;
        } catch (RuntimeException e) {
            dict.close();
            throw e;
        }
    }

    /** The tensors of one open file, which is closed with them, or at once if they cannot be mapped. */
    public static StateDict of(WeightsFile file, Mapping mapping) {
        StateDict dict = new StateDict(file.file());
        try {
            dict.take(file, mapping);
            return dict;
        } catch (RuntimeException e) {
            dict.close();
            throw e;
        }
    }

    private void take(WeightsFile file, Mapping mapping) {
        files.add(file);
        file.entries().values().forEach(entry -> take(file, entry, mapping));
    }

    private void take(WeightsFile file, TensorEntry entry, Mapping mapping) {
        mapping.targets(entry.name(), entry.shape()).forEach((target, view) -> {
            if (tensors.put(target, new Source(file, entry, view)) != null) {
                throw new WeightsException(file.file(), "tensor " + entry.name() + " is there twice, as " + target);
            }
            try {
                shapes.put(target, view.shape(entry.shape()));
            } catch (IllegalArgumentException e) {
                throw new WeightsException(
                        file.file(), "tensor " + entry.name() + " cannot be " + target + ": " + e.getMessage(), e);
            }
        });
    }

    /** The tensors' shapes by the network's names. */
    public Map<String, Shape> shapes() {
        return Map.copyOf(shapes);
    }

    /** The stored tensors of which those whose names start with a prefix are made, each once. */
    public List<TensorEntry> stored(String prefix) {
        return tensors.entrySet().stream()
                .filter(tensor -> tensor.getKey().startsWith(prefix))
                .map(tensor -> tensor.getValue().entry())
                .distinct()
                .toList();
    }

    /**
     * Checks that the tensors are those of a network, no more and no fewer.
     *
     * @param expected what the network needs
     * @throws WeightsException naming some of those that are missing, unknown or of another shape, and how many there are
     */
    public void require(Map<String, Shape> expected) {
        List<String> missing = new ArrayList<>();
        List<String> misshaped = new ArrayList<>();
        new TreeMap<>(expected).forEach((name, shape) -> {
            Shape given = shapes.get(name);
            if (given == null) {
                missing.add(name + " " + shape);
            } else if (!given.equals(shape)) {
                misshaped.add(storedName(name) + " has " + given + " instead of " + shape);
            }
        });
        Collection<String> unknown = new TreeSet<>(shapes.keySet());
        unknown.removeAll(expected.keySet());
        List<String> problems = new ArrayList<>();
        report(problems, missing, "missing");
        report(problems, misshaped, "of another shape");
        report(problems, unknown.stream().map(this::storedName).toList(), "not known to the network");
        if (!problems.isEmpty()) {
            throw new WeightsException(
                    source,
                    "its tensors are not those of its config (" + expected.size() + "): "
                            + String.join("; ", problems));
        }
    }

    private static void report(List<String> problems, List<String> names, String what) {
        if (!names.isEmpty()) {
            String examples = String.join(", ", names.subList(0, Math.min(EXAMPLES, names.size())));
            String rest = names.size() > EXAMPLES ? ", ..." : "";
            problems.add(names.size() + " " + what + ": " + examples + rest);
        }
    }

    private String storedName(String target) {
        return tensors.get(target).entry().name();
    }

    /** Reads all tensors; half-precision numbers become float32. */
    public void readInto(Scope target) {
        readInto(target, name -> name);
    }

    /** Reads some tensors under other names; null leaves a tensor out. */
    public void readInto(Scope target, UnaryOperator<@Nullable String> rename) {
        tensors.forEach((name, tensor) -> {
            String own = rename.apply(name);
            if (own != null) {
                NDArray stored = tensor.file()
                        .read(tensor.entry().name(), target.parameters().manager());
                target.add(own, tensor.view().of(stored));
            }
        });
    }

    @Override
    public void close() {
        files.forEach(WeightsFile::close);
    }
}
