/**
 * How a stage runs: it consumes a topic with bounded work in flight, retries, dead-letters, publishes, and moves its offset
 * only when its results are safe.
 */
@NullMarked
package dev.preflow.stream;

import org.jspecify.annotations.NullMarked;
