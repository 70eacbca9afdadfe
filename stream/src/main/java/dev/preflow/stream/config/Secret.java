package dev.preflow.stream.config;

/** A value that must not be seen: it prints as {@code [hidden]} wherever it goes. */
public final class Secret {

    static final String HIDDEN = "[hidden]";

    private final String value;

    /**
     * @param value the value to hide
     */
    public Secret(String value) {
        this.value = value;
    }

    /**
     * The value itself, for the one place that needs it.
     *
     * @return the value
     */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
