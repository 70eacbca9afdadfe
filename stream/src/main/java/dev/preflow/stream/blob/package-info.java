/** Bytes too big for a topic, in a content-addressed directory, and the releases made of them. */
@NullMarked
package dev.preflow.stream.blob;

import org.jspecify.annotations.NullMarked;
