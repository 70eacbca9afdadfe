package dev.preflow.stream.observe;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Checks by name, of two kinds: is the process alive, and is it ready to do its work. Checks must be quick and not block. */
public final class Health {

    private final Map<String, Supplier<Status>> live = new ConcurrentHashMap<>();
    private final Map<String, Supplier<Status>> ready = new ConcurrentHashMap<>();

    /**
     * Adds a check of life: when it fails, only a restart helps.
     *
     * @param name what is checked
     * @param check the check
     */
    public void live(String name, Supplier<Status> check) {
        live.put(name, check);
    }

    /**
     * Adds a check of readiness: when it fails, waiting may help.
     *
     * @param name what is checked
     * @param check the check
     */
    public void ready(String name, Supplier<Status> check) {
        ready.put(name, check);
    }

    /**
     * Runs the checks of life.
     *
     * @return what each said, by name
     */
    public Report live() {
        return run(live);
    }

    /**
     * Runs the checks of readiness.
     *
     * @return what each said, by name
     */
    public Report ready() {
        return run(ready);
    }

    private static Report run(Map<String, Supplier<Status>> checks) {
        var results = new TreeMap<String, Status>();
        checks.forEach((name, check) -> results.put(name, run(check)));
        return new Report(results);
    }

    private static Status run(Supplier<Status> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return Status.bad(e.toString());
        }
    }

    /**
     * What one check said.
     *
     * @param ok whether all is well
     * @param detail why not, or how well
     */
    public record Status(boolean ok, String detail) {

        /**
         * All is well.
         *
         * @param detail how well
         * @return the status
         */
        public static Status good(String detail) {
            return new Status(true, detail);
        }

        /**
         * Something is wrong.
         *
         * @param detail what
         * @return the status
         */
        public static Status bad(String detail) {
            return new Status(false, detail);
        }
    }

    /**
     * What all checks said.
     *
     * @param checks by name
     */
    public record Report(Map<String, Status> checks) {

        /**
         * Whether every check was well.
         *
         * @return true when none failed
         */
        public boolean ok() {
            return checks.values().stream().allMatch(Status::ok);
        }
    }
}
