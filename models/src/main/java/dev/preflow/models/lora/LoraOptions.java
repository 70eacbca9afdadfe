package dev.preflow.models.lora;

import java.util.List;

/**
 * Which layers get an adapter, and of what size.
 *
 * @param rank of every adapter, from 1
 * @param alpha the adapters' terms are scaled by alpha / rank; above 0
 * @param targets names of layers, or the last parts of names as in peft: {@code to_q} stands for every layer so named
 */
public record LoraOptions(int rank, double alpha, List<String> targets) {

    /** The projections of the U-Net's attentions. */
    public static final List<String> ATTENTION = List.of("to_q", "to_k", "to_v", "to_out.0");

    /** Checks the ranges. */
    public LoraOptions {
        if (rank < 1 || !(alpha > 0) || Double.isInfinite(alpha)) {
            throw new IllegalArgumentException(
                    "rank = " + rank + ", alpha = " + alpha + ": give a rank from 1 and a finite alpha above 0");
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("No targets: name layers, such as " + ATTENTION);
        }
        targets = List.copyOf(targets);
    }
}
