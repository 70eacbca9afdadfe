package dev.preflow.models.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A network's parameters under the names of its checkpoint, such as {@code down_blocks.0.resnets.0.conv1.weight}.
 *
 * <p>The order of all lists is the names' natural order, so that it does not depend on how the parameters came about. Adding
 * is not safe for use by several threads; everything else is.
 */
public final class Parameters implements AutoCloseable {

    private final NDManager manager;
    private final @Nullable DataType floats;
    private final NavigableMap<String, NDArray> arrays = new TreeMap<>();

    /** No parameters yet; they will live in a manager of their own below {@code parent}. */
    public Parameters(NDManager parent) {
        this(parent, null);
    }

    /**
     * No parameters yet; those that are added as floating-point numbers will be kept in a type, one by one, so that a
     * checkpoint of another precision never lies in memory as a whole.
     *
     * @param floats FLOAT32 or FLOAT16; null keeps every array in its own type
     */
    public Parameters(NDManager parent, @Nullable DataType floats) {
        manager = parent.newSubManager();
        this.floats = floats;
    }

    /**
     * Several maps seen as one, without a copy. The arrays stay with their owners, which must be open for as long as the view
     * is used; closing the view closes none of them.
     *
     * @param parent manager below which what is computed with the view lives
     * @param parts maps without a name in common
     */
    public static Parameters view(NDManager parent, Parameters... parts) {
        Parameters view = new Parameters(parent);
        for (Parameters part : parts) {
            part.arrays.forEach((name, array) -> {
                if (view.arrays.put(name, array) != null) {
                    throw new IllegalArgumentException("Two of the maps have a parameter " + name);
                }
            });
        }
        return view;
    }

    /** The manager below which what is computed with the parameters lives; it owns the arrays, except those of a view. */
    public NDManager manager() {
        return manager;
    }

    /** Takes over an array under a name that is new. */
    public void add(String name, NDArray array) {
        if (arrays.containsKey(name)) {
            throw new IllegalArgumentException("There is already a parameter " + name);
        }
        NDArray kept = array;
        if (floats != null && array.getDataType().isFloating() && array.getDataType() != floats) {
            try (array) {
                kept = array.toType(floats, true);
            }
        }
        kept.attach(manager);
        arrays.put(name, kept);
    }

    /** Puts an array in the place of the one under a name, which is closed. */
    public void replace(String name, NDArray array) {
        get(name).close();
        arrays.remove(name);
        add(name, array);
    }

    /**
     * The parameter of a name.
     *
     * @throws MissingParameterException naming it and its nearest neighbour, if there is none
     */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new MissingParameterException(name, arrays.keySet());
        }
        return array;
    }

    /** Whether there is a parameter of this name. */
    public boolean contains(String name) {
        return arrays.containsKey(name);
    }

    /** All names, in order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    /** All names with their arrays, in order. */
    public NavigableMap<String, NDArray> asMap() {
        return Collections.unmodifiableNavigableMap(arrays);
    }

    /** The parameters whose names start with {@code prefix} and a dot, seen without both. */
    public Scope scope(String prefix) {
        return new Scope(this, prefix + ".");
    }

    /** The whole map as a scope with an empty prefix. */
    public Scope root() {
        return new Scope(this, "");
    }

    /** How many numbers the parameters have together. */
    public long count() {
        return arrays.values().stream().mapToLong(NDArray::size).sum();
    }

    /** A deep copy below {@code parent}, on its device; it requires no gradients. */
    public Parameters copy(NDManager parent) {
        Parameters copy = new Parameters(parent);
        Device device = parent.getDevice();
        try (Autograd off = Autograd.disabled()) {
            arrays.forEach((name, array) -> copy.add(name, copied(array, device)));
        }
        return copy;
    }

    /**
     * Parameters of the same names on the device of {@code parent}, to compute gradients on: what is trained is copied and
     * trained there too. What is frozen is copied only to another device, else it is shared and must stay open.
     *
     * @param parent owns the copies
     * @param frozen by identity, the copies of frozen arrays so far: what several maps share is copied once
     */
    public Parameters replica(NDManager parent, Map<NDArray, NDArray> frozen) {
        Parameters replica = new Parameters(parent);
        Device device = parent.getDevice();
        try (Autograd off = Autograd.disabled()) {
            arrays.forEach((name, array) -> {
                if (array.hasGradient()) {
                    NDArray copy = copied(array, device);
                    replica.add(name, copy);
                    copy.setRequiresGradient(true);
                } else {
                    boolean here = array.getDevice().equals(device);
                    replica.arrays.put(name, here ? array : frozen.computeIfAbsent(array, own -> below(parent, own)));
                }
            });
        }
        return replica;
    }

    private static NDArray copied(NDArray array, Device device) {
        return array.getDevice().equals(device) ? array.duplicate() : array.toDevice(device, true);
    }

    private static NDArray below(NDManager owner, NDArray array) {
        NDArray copy = copied(array, owner.getDevice());
        copy.attach(owner);
        return copy;
    }

    /** Takes over the trained values of the parameters that this is a replica of. */
    public void assignTrainedFrom(Parameters master) {
        List<NDArray> own = trained();
        if (!own.isEmpty()) {
            Batched.copy(manager, own, master.trained());
        }
    }

    /**
     * Takes the trained parameters back towards earlier ones, in place.
     *
     * @param start has arrays of the same names and shapes, of any precision
     * @param kept share of the difference to {@code start} that stays, in [0, 1]
     */
    public void returnTo(Parameters start, double kept) {
        try (Autograd off = Autograd.disabled()) {
            arrays.forEach((name, array) -> {
                if (array.hasGradient()) {
                    try (NDArray target = start.get(name).toType(array.getDataType(), true)) {
                        array.subi(target).muli(kept).addi(target);
                    }
                }
            });
        }
    }

    /** Takes over the values of {@code other}, which must have the same names and shapes, into the arrays in place. */
    public void assignFrom(Parameters other) {
        if (!arrays.keySet().equals(other.arrays.keySet())) {
            throw new IllegalArgumentException("Parameters differ in their names: " + difference(other));
        }
        arrays.forEach((name, array) -> {
            Shape given = other.get(name).getShape();
            if (!given.equals(array.getShape())) {
                throw new IllegalArgumentException(name + " has shape " + array.getShape() + ", but is given " + given);
            }
        });
        if (!arrays.isEmpty()) {
            Batched.copy(manager, arrays.values(), other.arrays.values());
        }
    }

    private String difference(Parameters other) {
        Set<String> here = new TreeSet<>(arrays.keySet());
        here.removeAll(other.arrays.keySet());
        Set<String> there = new TreeSet<>(other.arrays.keySet());
        there.removeAll(arrays.keySet());
        return "only here " + here.stream().limit(3).toList() + ", only there "
                + there.stream().limit(3).toList();
    }

    /**
     * Decides which parameters require gradients; the others are frozen. Half-precision parameters that are to be trained
     * become float32: an optimiser's small steps would be lost in their rounding.
     *
     * @return the trainable names in order
     */
    public List<String> trainable(Predicate<String> choice) {
        List<String> chosen = new ArrayList<>();
        arrays.replaceAll((name, array) -> {
            boolean train = choice.test(name);
            NDArray kept = train && array.getDataType() == DataType.FLOAT16 ? widened(array) : array;
            if (train || kept.hasGradient()) {
                kept.setRequiresGradient(train);
            }
            if (train) {
                chosen.add(name);
            }
            return kept;
        });
        return List.copyOf(chosen);
    }

    private static NDArray widened(NDArray half) {
        try (half) {
            return half.toType(DataType.FLOAT32, true);
        }
    }

    /** The parameters that require gradients, in order. */
    public List<NDArray> trained() {
        return arrays.values().stream().filter(NDArray::hasGradient).toList();
    }

    /**
     * The gradients of {@link #trained()}, in the same order. A parameter that no loss has reached yet has zeros.
     *
     * @param step the manager that owns the handles, usually the step's
     */
    public List<NDArray> gradients(NDManager step) {
        List<NDArray> gradients = new ArrayList<>();
        for (NDArray array : trained()) {
            // Every call makes a new handle on the same memory, which must not stay with the parameter.
            NDArray gradient = array.getGradient();
            gradient.attach(step);
            gradients.add(gradient);
        }
        return gradients;
    }

    /** Sets the gradients to zero: the start of an accumulation. */
    public void zeroGradients() {
        try (NDManager step = manager.newSubManager()) {
            List<NDArray> gradients = gradients(step);
            if (!gradients.isEmpty()) {
                Batched.zero(step, gradients);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
