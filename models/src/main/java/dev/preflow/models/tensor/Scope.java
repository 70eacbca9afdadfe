package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one layer: a view of a {@link Parameters} that adds a prefix to every name.
 *
 * @param parameters the whole map
 * @param prefix the prefix with its dot, or empty
 */
public record Scope(Parameters parameters, String prefix) {

    /** The parameter of a name below the prefix; it must be there. */
    public NDArray get(String name) {
        return parameters.get(prefix + name);
    }

    /** The parameter of a name below the prefix, or null. */
    public @Nullable NDArray find(String name) {
        return contains(name) ? get(name) : null;
    }

    /** Whether there is a parameter of this name below the prefix. */
    public boolean contains(String name) {
        return parameters.contains(prefix + name);
    }

    /** The scope below this one. */
    public Scope scope(String name) {
        return new Scope(parameters, prefix + name + ".");
    }

    /** The scope of the layer with this index in a list of layers. */
    public Scope scope(String name, int index) {
        return scope(name + "." + index);
    }

    /** The parameters below the prefix, by their names without it. */
    public Map<String, NDArray> asMap() {
        Map<String, NDArray> below = new TreeMap<>();
        parameters.asMap().tailMap(prefix, true).forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                below.put(name.substring(prefix.length()), array);
            }
        });
        return below;
    }

    /** Adds a parameter below the prefix. */
    public void add(String name, NDArray array) {
        parameters.add(prefix + name, array);
    }
}
