package dev.preflow.models.text;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * What a text encoder gives for texts.
 *
 * @param states hidden states, N×L×C
 * @param pooled one vector per text, N×P, or null if the encoder projects none
 */
public record TextStates(NDArray states, @Nullable NDArray pooled) {}
