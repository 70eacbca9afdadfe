package dev.preflow.app.cli;

import dev.preflow.app.demo.DemoFolder;
import dev.preflow.app.release.NewestReleases;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command finds the newest releases. */
final class ReleaseOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Takes the newest releases of this demo, which may be running or not; else those of the"
                    + " configured Kafka and blobs.")
    private @Nullable Path data;

    boolean given() {
        return data != null;
    }

    NewestReleases read(GlobalOptions options) throws IOException, InterruptedException {
        if (data == null) {
            return NewestReleases.read(options.config());
        }
        return ofDemo(data, options);
    }

    /** The newest releases of a demo. */
    static NewestReleases ofDemo(Path data, GlobalOptions options) throws IOException, InterruptedException {
        try (DemoFolder folder = DemoFolder.open(data)) {
            return NewestReleases.read(options.config(folder.settings()));
        }
    }
}
