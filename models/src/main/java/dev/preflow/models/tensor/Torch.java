package dev.preflow.models.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import org.jspecify.annotations.Nullable;

/** PyTorch's start-up, thread counts and root managers. */
public final class Torch {

    private static volatile @Nullable Engine engine;
    /** Why it does not start: a second try would only say that a class failed before. */
    private static @Nullable TorchUnavailableException failure;

    private Torch() {}

    private static synchronized Engine start() {
        if (engine != null) {
            return engine;
        }
        if (failure != null) {
            throw failure;
        }
        try {
            engine = load();
            return engine;
        } catch (LinkageError | AssertionError | EngineException e) {
            // what DJL throws where natives do not fit the machine; an Error would end a command with a stack trace
            failure = TorchUnavailableException.of(e);
            throw failure;
        }
    }

    private static Engine load() {
        // Natives come from the class path: nothing may be looked up on the network, and nothing is reported home.
        setDefault("ai.djl.offline", "true");
        setDefault("OPT_OUT_TRACKING", "true");
        // The stages bring threads of their own; two of those with one intra-op thread each beat one with two.
        setDefault("ai.djl.pytorch.num_threads", "1");
        // A second pool for inter-op parallelism only competes with the threads that the stages run themselves.
        setDefault("ai.djl.pytorch.num_interop_threads", "1");
        return Engine.getEngine("PyTorch");
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * The PyTorch engine; its first use loads the native library.
     *
     * @throws TorchUnavailableException if that does not load on this machine
     */
    public static Engine engine() {
        Engine started = engine;
        return started == null ? start() : started;
    }

    /** A new root manager on the processor; whoever asks for it closes it. */
    public static NDManager newManager() {
        return newManager(Device.cpu());
    }

    /** A new root manager whose arrays live on a device; whoever asks for it closes it. */
    public static NDManager newManager(Device device) {
        return engine().newBaseManager(device);
    }

    /**
     * Sets how many intra-op threads one operation uses; the default is 1. OpenMP holds this count per thread: it takes effect for the calling
     * thread and for threads that have not computed anything yet. The counts of all computing threads should add up to the
     * number of cores.
     *
     * @param count at least 1
     */
    public static void useThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Thread count is " + count + "; give 1 or more");
        }
        engine();
        JniUtils.setNumThreads(count);
    }
}
