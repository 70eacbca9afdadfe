/** Says what a checkpoint is without reading its weights. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.inspect;
