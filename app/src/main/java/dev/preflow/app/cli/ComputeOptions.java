package dev.preflow.app.cli;

import dev.preflow.models.tensor.Compute;
import dev.preflow.stream.config.ComputeSettings;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command that holds a network computes. */
final class ComputeOptions {

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, cuda or cuda:N; else the setting device, which is cpu by default.")
    private @Nullable String device;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "auto, float32 or float16, of a generator's weights; else the setting precision.")
    private @Nullable String precision;

    /** The first device counts; there must be such a one. */
    Compute read(GlobalOptions options) throws IOException {
        Config config = options.config();
        return Compute.of(
                device == null ? config.get(ComputeSettings.DEVICE) : device,
                precision == null ? config.get(ComputeSettings.PRECISION) : precision);
    }
}
