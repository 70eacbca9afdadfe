package dev.preflow.bench;

import ai.djl.Device;
import dev.preflow.models.tensor.Devices;
import java.util.Map;
import java.util.TreeMap;

/** Settings of a trial, given as {@code name=value}. */
record TrialOptions(Map<String, String> values) {
    /** Those of a command line, from a place on. */
    static TrialOptions of(String[] args, int from) {
        Map<String, String> values = new TreeMap<>();
        for (int i = from; i < args.length; i++) {
            String[] parts = args[i].split("=", 2);
            if (parts.length < 2) {
                throw new IllegalArgumentException("'" + args[i] + "' is not name=value");
            }
            values.put(parts[0], parts[1]);
        }
        return new TrialOptions(values);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    double number(String name, double otherwise) {
        return has(name) ? Double.parseDouble(values.get(name)) : otherwise;
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** The setting {@code device}, by PyTorch's names; the processor where it is not set. */
    Device device() {
        return Devices.parse(text("device", "cpu")).get(0);
    }
}
