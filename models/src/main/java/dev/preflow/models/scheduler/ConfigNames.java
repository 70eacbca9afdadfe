package dev.preflow.models.scheduler;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads the lower-case names that diffusers' configs use for options. */
final class ConfigNames {
    private ConfigNames() {}

    static <E extends Enum<E>> E parse(Class<E> type, String key, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Scheduler config: " + key + " '" + name
                        + "' is not supported; supported are "
                        + Arrays.stream(type.getEnumConstants())
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }
}
