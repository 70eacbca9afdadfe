package dev.preflow.app.stages;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How the process must end. PyTorch's library tears itself down when a process exits, and a thread that still computes then
 * crashes it: where such a thread could not be waited for, the process is halted, which tears nothing down. All that must be
 * durable is so by then.
 */
public final class NativeEnd {
    private static final AtomicBoolean COMPUTING = new AtomicBoolean();

    private NativeEnd() {}

    /** A computing thread has not ended in time. */
    public static void required() {
        COMPUTING.set(true);
    }

    /**
     * Ends the process at once if a thread may still compute; to be called last by a shutdown hook.
     *
     * @param code the exit code
     */
    public static void haltIfRequired(int code) {
        if (COMPUTING.get()) {
            Runtime.getRuntime().halt(code);
        }
    }
}
