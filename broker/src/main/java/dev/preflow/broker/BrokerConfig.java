package dev.preflow.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How the broker runs.
 *
 * @param directory where its data lie; created when missing, continued when not
 * @param port where clients connect, on the loopback interface
 * @param controllerPort where its own controller listens, on the loopback interface
 */
record BrokerConfig(Path directory, int port, int controllerPort) {

    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final int MINUTES_PER_YEAR = 365 * 24 * 60;
    private static final String LOOPBACK = "127.0.0.1";

    static BrokerConfig of(Path directory, int port) throws IOException {
        return new BrokerConfig(directory, port == 0 ? freePort() : port, freePort());
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return socket.getLocalPort();
        }
    }

    String bootstrapServers() {
        return LOOPBACK + ":" + port;
    }

    Map<String, Object> properties() {
        var properties = new HashMap<String, Object>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("controller.quorum.voters", NODE_ID + "@" + LOOPBACK + ":" + controllerPort);
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put(
                "listeners",
                "PLAINTEXT://%s:%d,%s://%s:%d"
                        .formatted(LOOPBACK, port, CONTROLLER_LISTENER, LOOPBACK, controllerPort));
        properties.put("advertised.listeners", "PLAINTEXT://" + LOOPBACK + ":" + port);
        properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", directory.toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // a broker that was killed is fenced until its old session ends: 4 s instead of 9 s; with less, a busy machine
        // fences
        // a broker that is alive
        properties.put("broker.session.timeout.ms", "4000");
        properties.put("broker.heartbeat.interval.ms", "500");
        for (var internal : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.put(internal + ".replication.factor", "1");
            properties.put(internal + ".num.partitions", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        // by default a group that has not run for a week forgets where it was, and would do all its work again
        properties.put("offsets.retention.minutes", Integer.toString(MINUTES_PER_YEAR));
        // small memory: the cleaner's buffer is 128 MiB by default
        properties.put("log.cleaner.dedupe.buffer.size", "4194304");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        return properties;
    }
}
