package dev.preflow.app.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Reads durations such as 90s, 20m and 2h from the command line. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(s|m|h)");

    private Durations() {}

    static Duration parse(String text, String option, CommandSpec spec) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s: '%s' is no duration; give one such as 90s, 20m or 2h".formatted(option, text));
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "h" -> Duration.ofHours(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofSeconds(amount);
        };
    }
}
