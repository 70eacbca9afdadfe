package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ModuleMethods;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;

/**
 * Functions written in TorchScript's serialised form and compiled by PyTorch at run time, without Python. They reach every
 * ATen operator, with gradients.
 *
 * <p>A method is written as PyTorch stores it: indented by two spaces, {@code self: __torch__.M} first, operators as
 * {@code torch.name(...)}. Instances are immutable and may be called by several threads.
 */
public final class TorchScript {

    private final PtSymbolBlock module;

    private TorchScript(PtSymbolBlock module) {
        this.module = module;
    }

    /**
     * Compiles methods.
     *
     * @param methods the definitions, each ending with a line break
     * @throws ai.djl.engine.EngineException with PyTorch's message, when the source does not compile
     */
    public static TorchScript compile(String... methods) {
        byte[] archive = TorchScriptArchive.of(String.join("", methods));
        try {
            // The module lives as long as the process, hence a manager that nobody closes.
            PtNDManager manager = (PtNDManager) Torch.newManager();
            return new TorchScript(JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method that returns a tensor.
     *
     * @param method the method's name
     * @param first its first argument; the result attaches to its manager
     * @param rest further arguments: arrays, collections of arrays, integers, floating-point numbers, booleans, long[]
     */
    public NDArray call(String method, NDArray first, Object... rest) {
        return call((PtNDManager) first.getManager(), method, first, rest);
    }

    /**
     * Calls a method whose first argument is a list of tensors and that returns a tensor.
     *
     * @param manager the result attaches to it
     */
    public NDArray callOnList(NDManager manager, String method, Collection<NDArray> first, Object... rest) {
        return call((PtNDManager) manager, method, first, rest);
    }

    private NDArray call(PtNDManager manager, String method, Object first, Object[] rest) {
        IValue[] arguments = new IValue[rest.length + 1];
        try {
            arguments[0] = value(first);
            for (int i = 0; i < rest.length; i++) {
                arguments[i + 1] = value(rest[i]);
            }
            try (IValue result = ModuleMethods.run(module, method, arguments)) {
                return result.toTensor(manager);
            }
        } finally {
            for (IValue argument : arguments) {
                if (argument != null) {
                    argument.close();
                }
            }
        }
    }

    private static IValue value(Object argument) {
        if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        } else if (argument instanceof Integer || argument instanceof Long) {
            return IValue.from(((Number) argument).longValue());
        } else if (argument instanceof Number number) {
            return IValue.from(number.doubleValue());
        } else if (argument instanceof Boolean flag) {
            return IValue.from(flag);
        } else if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        } else if (argument instanceof Collection<?> arrays) {
            return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
        }
        throw new IllegalArgumentException("TorchScript takes no argument of " + argument.getClass());
    }
}
