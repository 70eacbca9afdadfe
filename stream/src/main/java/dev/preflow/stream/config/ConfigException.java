package dev.preflow.stream.config;

import java.util.List;

/** A configuration that cannot be used; the message has every problem on a line of its own. */
public final class ConfigException extends RuntimeException {

    /**
     * @param problems what is wrong, each naming the key, where it was set, and the fix
     */
    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
