package dev.preflow.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded broker as a child process of its own small JVM. It ends when its parent ends, even when the parent is killed;
 * its data stay, and the next broker in the same directory continues them. It writes its log to {@code broker.log} in the
 * directory.
 */
public final class BrokerProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BrokerProcess.class);
    private static final String LOG = "broker.log";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final Process process;
    private final String bootstrapServers;

    private BrokerProcess(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts the child with this JVM's own Java and class path, and waits until it is ready.
     *
     * @param directory where its data and log lie; created when missing
     * @param port where clients connect; 0 for a free one
     * @return the running broker
     * @throws IOException when it does not start; the message has the way to the log
     */
    public static BrokerProcess start(Path directory, int port) throws IOException {
        var data = Files.createDirectories(directory.resolve("kafka")).toAbsolutePath();
        var logFile = directory.resolve(LOG).toAbsolutePath();
        var process = new ProcessBuilder(command(data, port, logFile))
                .redirectError(ProcessBuilder.Redirect.appendTo(logFile.toFile()))
                .start();
        var ready = new CompletableFuture<String>();
        var reader = new Thread(() -> follow(process, ready), "broker-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return new BrokerProcess(process, ready.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("The Kafka broker does not start in " + directory + "; its log is " + logFile, e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the Kafka broker was starting", e);
        }
    }

    /**
     * Where clients connect.
     *
     * @return host and port, as {@code bootstrap.servers} takes them
     */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * The process's id, for measuring its memory.
     *
     * @return the id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Completes when the process has ended, for whatever reason.
     *
     * @return its exit status
     */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Stops the broker and waits until it has flushed its data; after 10 s it is killed, which loses nothing that it acknowledged. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                log.warn("The Kafka broker has not stopped within {}; killing it", STOP_LIMIT);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> command(Path data, int port, Path logFile) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlog4j2.configurationFile=classpath:dev/preflow/broker/log4j2-broker.xml",
                "-Dpreflow.broker.log=" + logFile,
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                data.toString(),
                Integer.toString(port));
    }

    /** Reads the child's output to its end, so that it never blocks on a full pipe. */
    private static void follow(Process process, CompletableFuture<String> ready) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(BrokerMain.READY)) {
                    ready.complete(line.substring(BrokerMain.READY.length()));
                } else {
                    log.debug("broker: {}", line);
                }
            }
            ready.completeExceptionally(new IOException("The broker process ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }
}
