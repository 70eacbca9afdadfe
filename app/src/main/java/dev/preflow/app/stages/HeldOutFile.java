package dev.preflow.app.stages;

import dev.preflow.app.config.AppSettings;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The prompts of a file that nothing is trained on. */
final class HeldOutFile {

    private HeldOutFile() {}

    /** Whether a text is one of the configured file's, apart from case and surrounding space; none where no file is named. */
    static Predicate<String> of(Config config) throws IOException {
        var file = config.find(AppSettings.HELD_OUT);
        if (file.isEmpty()) {
            return text -> false;
        }
        if (!Files.isRegularFile(file.get())) {
            throw new IOException("%s = %s is no file".formatted(AppSettings.HELD_OUT.key(), file.get()));
        }
        Set<String> texts = Files.readAllLines(file.get()).stream()
                .map(HeldOutFile::normalised)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        return text -> texts.contains(normalised(text));
    }

    private static String normalised(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
