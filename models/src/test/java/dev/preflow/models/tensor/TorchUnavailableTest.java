package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says in which PyTorch does not start. It is a child: natives that are loaded stay loaded. */
class TorchUnavailableTest {
    private static final String CUDA = """
        version=2.5.1-20241113
        flavor=cu124
        classifier=%s
        libraries=libtorch.so,libtorch_cuda.so
        """;

    @TempDir
    private Path folder;

    @Test
    void shouldSayThatTheBuildIsForCudaAndTheMachineHasNone() throws Exception {
        Path natives = Files.createDirectories(folder.resolve("natives/native/lib"));
        Files.writeString(natives.resolve("pytorch.properties"), CUDA.formatted("linux-x86_64"));

        List<String> said = start(folder.resolve("natives"));

        // the second try says the same, not that a class could not be initialised
        assertThat(said).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("CUDA natives (cu124)", "no CUDA device", "-Pcuda", "nvidia-smi"));
    }

    @Test
    void shouldSayThatThereAreNoNatives() throws Exception {
        assertThat(start(Files.createDirectories(folder.resolve("none"))))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("no natives of PyTorch"));
    }

    @Test
    void shouldSayThatNativesAreForAnotherPlatform() {
        assertThat(TorchUnavailableException.diagnosis("cpu", "win-x86_64", false, "no such file"))
                .contains("for cpu on win-x86_64", "no such file");
        assertThat(TorchUnavailableException.diagnosis("cu124", "linux-x86_64", true, "no such file"))
                .contains("for cu124 on linux-x86_64")
                .doesNotContain("no CUDA device");
    }

    /** The lines of a process with these natives in place of those that fit. */
    private List<String> start(Path natives) throws IOException, InterruptedException {
        String path = Stream.concat(
                        Stream.of(natives.toString()),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> !entry.contains("pytorch-native")))
                .collect(Collectors.joining(File.pathSeparator));
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        path,
                        TorchProbe.class.getName())
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("log.txt").toFile());
        builder.environment().put("DJL_CACHE_DIR", folder.resolve("cache").toString());
        builder.environment().put("CUDA_VISIBLE_DEVICES", "");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as(() -> log(folder.resolve("log.txt")))
                    .isEqualTo(TorchProbe.UNAVAILABLE);
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(output).stream()
                .filter(line -> line.startsWith("PyTorch"))
                .toList();
    }

    private static String log(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
