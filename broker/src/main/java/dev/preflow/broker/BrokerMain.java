package dev.preflow.broker;

import java.io.IOException;
import java.nio.file.Path;

/** The child process of {@link BrokerProcess}: runs the broker until its standard input ends. */
final class BrokerMain {

    static final String READY = "READY ";

    private BrokerMain() {}

    /**
     * Runs the broker.
     *
     * @param args directory and port
     * @throws IOException when the broker does not start
     */
    public static void main(String[] args) throws IOException {
        ignore("INT");
        ignore("HUP");
        ignore("TERM");
        var broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-shutdown"));
        System.out.println(READY + broker.bootstrapServers());
        System.out.flush();
        // the parent holds the other end: when it dies, however it dies, the input ends
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    /**
     * Leaves a signal to the parent: Ctrl-C reaches every process of a terminal, and what stops a service every process of its
     * group, and the broker must outlive the stages, which drain into it. It ends with the parent, or when it is killed.
     */
    private static void ignore(String name) {
        try {
            // by reflection, because the compiler warns of sun.misc whatever it is told
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance(name),
                            handler.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            System.err.println("The signal " + name + " cannot be ignored here: " + e);
        }
    }
}
