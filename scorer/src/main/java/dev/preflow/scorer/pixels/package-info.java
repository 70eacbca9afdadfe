/** Pixels from the blob store, decoded. */
@NullMarked
package dev.preflow.scorer.pixels;

import org.jspecify.annotations.NullMarked;
