package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Runs a named method of a TorchScript module with arguments of any type and with gradients.
 *
 * <p>DJL's own way, a block's forward pass, reaches only arrays as arguments. The native call below it does everything that
 * is needed but is package-private, hence this class in DJL's package.
 */
public final class ModuleMethods {

    private ModuleMethods() {}

    /**
     * Calls {@code method} under the calling thread's gradient mode.
     *
     * @return the result, to be closed by the caller
     */
    public static IValue run(PtSymbolBlock module, String method, IValue[] arguments) {
        long[] handles = new long[arguments.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = arguments[i].getHandle();
        }
        // In "training" the call leaves the thread's gradient mode as it is; otherwise it would force inference
        // tensors,
        // which can never take part in a graph afterwards.
        boolean training = true;
        return new IValue(PyTorchLibrary.LIB.moduleRunMethod(module.getHandle(), method, handles, training, false));
    }
}
