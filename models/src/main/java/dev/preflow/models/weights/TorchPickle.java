package dev.preflow.models.weights;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads the pickle of a state dict. A pickle is a program that may name any class; this one knows tensors, containers and
 * scalars, and ends at the first other name before it constructs anything of it.
 */
final class TorchPickle extends Unpickler {

    /** What builds scalars and containers, remembers them, and refers to names and storages. */
    private static final Set<Short> OPCODES = Set.of(
            Opcodes.PROTO,
            Opcodes.FRAME,
            Opcodes.STOP,
            Opcodes.MARK,
            Opcodes.NONE,
            Opcodes.NEWTRUE,
            Opcodes.NEWFALSE,
            Opcodes.BININT,
            Opcodes.BININT1,
            Opcodes.BININT2,
            Opcodes.LONG1,
            Opcodes.BINFLOAT,
            Opcodes.BINUNICODE,
            Opcodes.SHORT_BINUNICODE,
            Opcodes.SHORT_BINSTRING,
            Opcodes.EMPTY_DICT,
            Opcodes.EMPTY_LIST,
            Opcodes.EMPTY_TUPLE,
            Opcodes.TUPLE,
            Opcodes.TUPLE1,
            Opcodes.TUPLE2,
            Opcodes.TUPLE3,
            Opcodes.SETITEM,
            Opcodes.SETITEMS,
            Opcodes.APPEND,
            Opcodes.APPENDS,
            Opcodes.BINPUT,
            Opcodes.LONG_BINPUT,
            Opcodes.MEMOIZE,
            Opcodes.BINGET,
            Opcodes.LONG_BINGET,
            Opcodes.GLOBAL,
            Opcodes.STACK_GLOBAL,
            Opcodes.REDUCE,
            Opcodes.BUILD,
            Opcodes.BINPERSID);

    private static final Map<String, Object> NAMES = Map.ofEntries(
            Map.entry("collections.OrderedDict", (IObjectConstructor) TorchPickle::dict),
            Map.entry("torch._utils._rebuild_tensor_v2", (IObjectConstructor) TorchPickle::tensor),
            Map.entry("torch._utils._rebuild_parameter", (IObjectConstructor) parameters -> parameters[0]),
            Map.entry("torch.DoubleStorage", StoredType.F64),
            Map.entry("torch.FloatStorage", StoredType.F32),
            Map.entry("torch.HalfStorage", StoredType.F16),
            Map.entry("torch.BFloat16Storage", StoredType.BF16),
            Map.entry("torch.LongStorage", StoredType.I64),
            Map.entry("torch.IntStorage", StoredType.I32),
            Map.entry("torch.ByteStorage", StoredType.U8));

    private final Path file;

    private TorchPickle(Path file) {
        this.file = file;
    }

    /**
     * The object that a pickle describes: maps, lists, scalars and {@link TorchTensor}s.
     *
     * @param file named in errors
     * @throws WeightsException if it names anything else, or is no pickle
     */
    static Object read(Path file, byte[] pickle) {
        try {
            return new TorchPickle(file).load(new ByteArrayInputStream(pickle));
        } catch (WeightsException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // A damaged program fails in as many ways as there are: casts, empty stacks, ends of input.
            throw new WeightsException(file, "its pickle is damaged: " + e, e);
        }
    }

    @Override
    protected Object dispatch(short key) throws IOException {
        if (!OPCODES.contains(key)) {
            String problem = "its pickle has opcode 0x%02x, which no state dict needs; it is refused";
            throw new WeightsException(file, problem.formatted(key));
        }
        switch (key) {
            case Opcodes.GLOBAL -> name(PickleUtils.readline(input), PickleUtils.readline(input));
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                name((String) stack.pop(), name);
            }
            case Opcodes.BUILD -> {
                // An OrderedDict's attributes, such as the modules' versions, say nothing about tensors.
                stack.pop();
                if (!(stack.peek() instanceof Map)) {
                    throw new PickleException("attributes of what is no dict");
                }
            }
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                put(stack.pop(), value);
            }
            case Opcodes.SETITEMS -> {
                List<Object> items = stack.pop_all_since_marker();
                for (int i = 0; i + 1 < items.size(); i += 2) {
                    put(items.get(i), items.get(i + 1));
                }
            }
            case Opcodes.BINUNICODE -> {
                requireRest();
                return super.dispatch(key);
            }
            default -> {
                return super.dispatch(key);
            }
        }
        return NO_RETURN_VALUE;
    }

    private void name(String module, String name) {
        Object known = NAMES.get(module + "." + name);
        if (known == null) {
            throw new WeightsException(
                    file,
                    "its pickle names " + module + "." + name
                            + ", which is refused: only tensors, containers and scalars"
                            + " are read. Save its state dict alone, or as safetensors");
        }
        stack.add(known);
    }

    /** Lists and dicts that are keys would be hashed with all that they hold, which may be themselves, or 2^60 of one. */
    @SuppressWarnings("unchecked")
    private void put(Object key, Object value) {
        if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
            throw new PickleException("a dict with a key that is no text and no number");
        }
        ((Map<Object, Object>) stack.peek()).put(key, value);
    }

    /** A text's length comes before it, and memory is taken for it before it is read. */
    private void requireRest() throws IOException {
        input.mark(Integer.BYTES);
        int length = PickleUtils.bytes_to_integer(PickleUtils.readbytes(input, Integer.BYTES));
        if (length < 0 || length > input.available()) {
            throw new PickleException("a text of " + length + " bytes in a rest of " + input.available());
        }
        input.reset();
    }

    @Override
    protected Object persistentLoad(Object id) {
        Object[] parts = (Object[]) id;
        if (!"storage".equals(parts[0])) {
            throw new PickleException("a persistent id of " + parts[0]);
        }
        return new TorchTensor.Storage((String) parts[2], (StoredType) parts[1]);
    }

    private static Object dict(Object[] arguments) {
        if (arguments.length > 0) {
            throw new PickleException("an OrderedDict with arguments");
        }
        return new HashMap<>();
    }

    /** {@code _rebuild_tensor_v2(storage, offset, shape, strides, requires gradient, hooks)}. */
    private static Object tensor(Object[] arguments) {
        TorchTensor.Storage storage = (TorchTensor.Storage) arguments[0];
        List<Long> shape = numbers(arguments[2]);
        List<Long> strides = numbers(arguments[3]);
        if (shape.size() != strides.size()) {
            throw new PickleException("a tensor of shape " + shape + " with strides " + strides);
        }
        return new TorchTensor(storage.key(), storage.type(), ((Number) arguments[1]).longValue(), shape, strides);
    }

    private static List<Long> numbers(Object tuple) {
        List<Long> numbers = new ArrayList<>();
        for (Object number : (Object[]) tuple) {
            long value = ((Number) number).longValue();
            if (value < 0) {
                throw new PickleException("a tensor with a negative dimension or stride " + value);
            }
            numbers.add(value);
        }
        return List.copyOf(numbers);
    }
}
