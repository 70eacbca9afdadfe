package dev.preflow.app.demo;

import dev.preflow.broker.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a demo has kept, for reading, whether it runs or not: where it does not, its broker is started for the while. */
public final class DemoFolder implements AutoCloseable {
    private final Path data;
    private final @Nullable DataLock lock;
    private final @Nullable BrokerProcess broker;

    private DemoFolder(Path data, @Nullable DataLock lock, @Nullable BrokerProcess broker) {
        this.data = data;
        this.lock = lock;
        this.broker = broker;
    }

    /**
     * Opens a demo's data folder.
     *
     * @throws IOException when no demo has run there, or the broker does not start
     */
    public static DemoFolder open(Path data) throws IOException {
        if (!Files.isDirectory(data.resolve("kafka"))) {
            throw new IOException(
                    "No demo has run in " + data + ": give the folder that preflow demo was given by --data");
        }
        Optional<DataLock> lock = DataLock.take(data);
        if (lock.isEmpty()) {
            return new DemoFolder(data, null, null);
        }
        BrokerProcess broker = null;
        try {
            broker = BrokerProcess.start(data, 0);
            tell(data, broker);
            return new DemoFolder(data, lock.get(), broker);
        } catch (IOException e) {
            new DemoFolder(data, lock.get(), broker).close();
            throw e;
        }
    }

    /**
     * Where things lie, and where the broker is: this one's own, or that of whoever has the folder open.
     *
     * @throws IOException when that one does not say where, as while it starts
     */
    public Map<String, String> settings() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(DemoConfig.folders(data));
        settings.put(
                "kafka.bootstrap.servers",
                broker == null ? Files.readString(address(data)).strip() : broker.bootstrapServers());
        return settings;
    }

    /** Says to others where the broker of a data folder is, for as long as it runs. */
    static void tell(Path data, BrokerProcess broker) throws IOException {
        Files.writeString(address(data), broker.bootstrapServers() + "\n");
    }

    private static Path address(Path data) {
        return data.resolve("kafka.address");
    }

    @Override
    public void close() throws IOException {
        if (broker != null) {
            broker.close();
        }
        if (lock != null) {
            lock.close();
        }
    }
}
