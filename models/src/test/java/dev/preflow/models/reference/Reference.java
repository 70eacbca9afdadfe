package dev.preflow.models.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The fixtures that the scripts in {@code tools/reference} have written with diffusers, transformers and ImageReward. */
public final class Reference {
    public static final String VALUES = "fixtures.safetensors";

    private Reference() {}

    public static Path folder(String name) {
        URL found = Reference.class.getResource("/reference/" + name);
        assertThat(found).as("fixtures of %s", name).isNotNull();
        try {
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static List<String> names(String folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder(folder))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** The greatest difference, relative to the greatest value that is expected. */
    public static double difference(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        float[] a = actual.toFloatArray();
        float[] e = expected.toFloatArray();
        double worst = 0;
        double scale = 0;
        for (int i = 0; i < a.length; i++) {
            // not Math.max: a NaN must show
            double off = Math.abs(a[i] - e[i]);
            worst = off <= worst ? worst : off;
            scale = Math.max(scale, Math.abs(e[i]));
        }
        return worst / scale;
    }
}
