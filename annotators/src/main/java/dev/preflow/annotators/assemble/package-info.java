/** Gathers the images of a prompt into the group that is judged, on Kafka Streams. */
@NullMarked
package dev.preflow.annotators.assemble;

import org.jspecify.annotations.NullMarked;
