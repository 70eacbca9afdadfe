package dev.preflow.producers.plan;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The generators that images are asked of, each drawn in proportion to its weight.
 *
 * @param weights generator names with their weights, above 0; sorted, so that one draw means the same everywhere
 */
public record GeneratorPool(SortedMap<String, Double> weights) {

    /** Checks the pool and copies it. */
    public GeneratorPool {
        if (weights.isEmpty()) {
            throw new IllegalArgumentException("The pool names no generator: name at least one");
        }
        weights.forEach((name, weight) -> {
            if (name.isBlank() || !Double.isFinite(weight) || weight <= 0) {
                throw new IllegalArgumentException(
                        "Generator '%s' has weight %s: give it a name and a weight above 0".formatted(name, weight));
            }
        });
        weights = new TreeMap<>(weights);
    }

    /**
     * A pool of weighted generators.
     *
     * @param weights names with weights above 0
     * @return the pool
     */
    public static GeneratorPool of(Map<String, Double> weights) {
        return new GeneratorPool(new TreeMap<>(weights));
    }

    /**
     * Draws a generator, independently of earlier draws.
     *
     * @param random where chance comes from
     * @return its name
     */
    public String draw(RandomGenerator random) {
        double total =
                weights.values().stream().mapToDouble(Double::doubleValue).sum();
        double left = random.nextDouble() * total;
        for (var entry : weights.entrySet()) {
            left -= entry.getValue();
            if (left < 0) {
                return entry.getKey();
            }
        }
        // rounding can leave a remainder above the last weight
        return weights.lastKey();
    }
}
