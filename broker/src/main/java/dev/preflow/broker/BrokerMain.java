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
        var broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-shutdown"));
        System.out.println(READY + broker.bootstrapServers());
        System.out.flush();
        // the parent holds the other end: when it dies, however it dies, the input ends
        while (System.in.read() >= 0) {}
        System.exit(0);
    }
}
