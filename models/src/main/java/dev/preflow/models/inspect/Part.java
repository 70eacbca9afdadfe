package dev.preflow.models.inspect;

import dev.preflow.models.weights.TensorEntry;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A network of a checkpoint, or what else a file holds.
 *
 * @param name its folder in a diffusers directory, such as {@code unet}, or what it is
 * @param tensors how many
 * @param parameters how many numbers they have together
 * @param bytes how much they take as stored
 * @param precisions parameters by the type that they are stored in, such as {@code F16}
 */
public record Part(String name, int tensors, long parameters, long bytes, SortedMap<String, Long> precisions) {

    static Part of(String name, Collection<TensorEntry> entries) {
        SortedMap<String, Long> precisions = new TreeMap<>();
        long parameters = 0;
        long bytes = 0;
        for (TensorEntry entry : entries) {
            long size = entry.shape().size();
            parameters += size;
            bytes += size * entry.type().bytes();
            precisions.merge(entry.type().name(), size, Long::sum);
        }
        return new Part(name, entries.size(), parameters, bytes, precisions);
    }
}
