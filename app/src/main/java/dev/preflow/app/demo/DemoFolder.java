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
        try {
            return new DemoFolder(data, lock.get(), BrokerProcess.start(data, 0));
        } catch (IOException e) {
            lock.get().close();
            throw e;
        }
    }

    /** Where things lie. A demo that runs is reached where the configuration says. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(DemoConfig.folders(data));
        if (broker != null) {
            settings.put("kafka.bootstrap.servers", broker.bootstrapServers());
        }
        return settings;
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
