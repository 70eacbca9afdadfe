package dev.preflow.producers.generate;

import dev.preflow.schemas.Release;
import org.jspecify.annotations.Nullable;

/** A painter with a count of its users; the last one to let go closes it. Thread-safe. */
final class SharedPainter {

    private final Painter painter;
    private final @Nullable Release release;

    /** The shelf is the first user. */
    private int users = 1;

    SharedPainter(Painter painter, @Nullable Release release) {
        this.painter = painter;
        this.release = release;
    }

    boolean isRelease(String id) {
        return release != null && release.getId().equals(id);
    }

    /** One more user. The caller sees to it that the shelf still holds it. */
    Lease take() {
        var lease = tryTake();
        if (lease == null) {
            throw new IllegalStateException("The painter is closed");
        }
        return lease;
    }

    /** One more user; null if the last one has let go already. */
    synchronized @Nullable Lease tryTake() {
        if (users == 0) {
            return null;
        }
        users++;
        return new Lease();
    }

    /** One user less. */
    synchronized void letGo() {
        users--;
        if (users == 0) {
            painter.close();
        }
    }

    /** The right to draw; used by one thread. */
    final class Lease implements AutoCloseable {

        private Lease() {}

        Painter painter() {
            return painter;
        }

        /** The release, null for the weights that the policy started with. */
        @Nullable
        Release release() {
            return release;
        }

        @Override
        public void close() {
            letGo();
        }
    }
}
