package dev.preflow.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The docker command of this machine, run in the repository's root. */
final class DockerCli {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Logger log = LoggerFactory.getLogger(DockerCli.class);
    private static final Duration QUICK = Duration.ofSeconds(30);
    private static final Duration PULL = Duration.ofMinutes(5);

    private DockerCli() {}

    /** Skips the test, with a word, where no engine answers. */
    static void assumeEngine() throws IOException, InterruptedException {
        assume(run(QUICK, "version", "--format", "{{.Server.Version}}"), "no Docker engine answers");
    }

    /** Skips the test, with a word, where there is no compose. */
    static void assumeCompose() throws IOException, InterruptedException {
        assume(run(QUICK, "compose", "version"), "there is no docker compose");
    }

    /**
     * Skips the test, with a word, where an image is neither here nor can be pulled. Asked of the command because
     * Testcontainers tries a registry that does not answer for minutes.
     */
    static void assumeImage(String image) throws IOException, InterruptedException {
        if (!run(QUICK, "image", "inspect", "--format", "{{.Id}}", image).succeeded()) {
            assume(run(PULL, "pull", "--quiet", image), "the image " + image + " can not be had");
        }
    }

    /**
     * Runs a command to its end.
     *
     * @param limit after which it is ended
     * @param arguments what follows "docker"
     * @return its outcome; failed when there is no such command
     */
    static Outcome run(Duration limit, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile("docker", ".txt");
        try {
            var builder = new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
            var process = start(builder.redirectOutput(output.toFile()));
            if (process == null) {
                return new Outcome(false, "there is no docker command");
            }
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            return new Outcome(ended && process.exitValue() == 0, Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private static @Nullable Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            log.debug("There is no docker command", e);
            return null;
        }
    }

    private static void assume(Outcome outcome, String otherwise) {
        if (!outcome.succeeded()) {
            log.warn("Skipped: {} ({})", otherwise, outcome.output().strip());
            Assumptions.abort(otherwise);
        }
    }

    /**
     * How a command ended.
     *
     * @param succeeded whether it ended in time and well
     * @param output what it wrote, errors included
     */
    record Outcome(boolean succeeded, String output) {}
}
