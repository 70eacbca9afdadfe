package dev.preflow.app.cli;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/**
 * A LoRA to draw with.
 *
 * @param file in any form that is read
 * @param scale how strongly; 1 is as it was trained
 */
record WeightedLora(Path file, double scale) {

    /** Reads {@code FILE} or {@code FILE:SCALE}; a colon that no number follows belongs to the name. */
    static final class Converter implements ITypeConverter<WeightedLora> {
        private static final Pattern SCALED = Pattern.compile("(.+):([-+]?(?:\\d+\\.?\\d*|\\.\\d+))");

        @Override
        public WeightedLora convert(String value) {
            Matcher scaled = SCALED.matcher(value);
            return scaled.matches()
                    ? new WeightedLora(Path.of(scaled.group(1)), Double.parseDouble(scaled.group(2)))
                    : new WeightedLora(Path.of(value), 1);
        }
    }
}
