package dev.preflow.app.cli;

import dev.preflow.demo.endpoint.JudgeServer;
import dev.preflow.demo.endpoint.JudgeServerOptions;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Serves the demo's judge. */
@Command(
        name = "judge",
        description = "Serves the demo's scene judge as an OpenAI-compatible endpoint until it is stopped.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow judge                                on http://127.0.0.1:8000/v1",
            "  preflow judge --latency-ms 800 --noise 0.5   slow and unsure, as a hosted model",
            "",
            "It knows coloured shapes and nothing else: it refuses prompts that name nothing it can check."
        })
public final class JudgeCommand extends CliCommand {

    private static final Logger log = LoggerFactory.getLogger(JudgeCommand.class);
    private static final long STOP_SECONDS = 5;
    private static final int WAITING_PER_THREAD = 64;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8000",
            description = "Port to listen on, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that look at images (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--latency-ms",
            paramLabel = "MILLISECONDS",
            defaultValue = "0",
            description = "Mean time that an answer is held back (default: ${DEFAULT-VALUE}).")
    private int latencyMillis;

    @Option(
            names = "--noise",
            paramLabel = "DEVIATION",
            defaultValue = "0.3",
            description = "Standard deviation of the noise in its ratings (default: ${DEFAULT-VALUE}).")
    private double noise;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Seed of that noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    protected Level logLevel() {
        return Level.INFO;
    }

    @Override
    protected int run() throws Exception {
        var judging = judging();
        var vertx = Vertx.vertx();
        JudgeServer server;
        try {
            server = JudgeServer.start(vertx, judging).await();
        } catch (RuntimeException e) {
            vertx.close().await();
            throw e;
        }
        spec().commandLine().getErr().println("The scene judge listens on " + server.baseUrl());
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, vertx, stopped), "stop"));
        stopped.await();
        return ExitCodes.OK;
    }

    private static void stop(JudgeServer server, Vertx vertx, CountDownLatch stopped) {
        try {
            server.close().eventually(vertx::close).await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("Not every answer was sent within {} s", STOP_SECONDS);
        }
        stopped.countDown();
        LogManager.shutdown();
    }

    private JudgeServerOptions judging() {
        if (port < 0 || port > 65_535 || threads < 1 || latencyMillis < 0 || !(noise >= 0)) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--port must be from 0 to 65535, --threads at least 1, --latency-ms and --noise not negative");
        }
        return JudgeServerOptions.demo()
                .withHost(host)
                .withPort(port)
                .withConcurrency(threads, threads * WAITING_PER_THREAD)
                .withLatency(Duration.ofMillis(latencyMillis))
                .withNoise(noise, seed);
    }
}
