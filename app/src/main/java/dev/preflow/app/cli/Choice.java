package dev.preflow.app.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Reads enum constants as the command line writes them: lower case, with hyphens. */
final class Choice {

    private Choice() {}

    static <E extends Enum<E>> E parse(Class<E> type, String option, String text, CommandSpec spec) {
        for (E constant : type.getEnumConstants()) {
            if (label(constant).equals(text.toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        var all = Arrays.stream(type.getEnumConstants()).map(Choice::label).collect(Collectors.joining(", "));
        throw new ParameterException(
                spec.commandLine(), "Invalid value for option '%s': '%s' is none of %s".formatted(option, text, all));
    }

    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
