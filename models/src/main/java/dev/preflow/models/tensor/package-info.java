/**
 * Tensors: PyTorch's start-up, gradient scopes, operations that DJL lacks, seeded noise, and named parameters.
 *
 * <p>Every operation's result attaches to the manager of its first argument, so one sub-manager per step frees all of a
 * step's intermediate results at once.
 */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.tensor;
