package dev.preflow.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** The image of the application as this checkout makes it. */
final class PreflowImage {

    static final String NAME = "preflow:test";

    private static final String JAVA_IMAGE = "eclipse-temurin:17-jre";
    private static final Duration BUILD = Duration.ofMinutes(10);

    private PreflowImage() {}

    /** Builds it with what has been packaged. */
    static void build() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isDirectory(DockerCli.ROOT.resolve("app/target/preflow/lib")),
                "the application is not packaged: run ./mvnw verify");
        DockerCli.assumeImage(JAVA_IMAGE);
        var build = DockerCli.run(BUILD, "build", "--quiet", "-f", "docker/Dockerfile", "-t", NAME, ".");
        assertThat(build.succeeded()).as("docker build: %s", build.output()).isTrue();
    }
}
