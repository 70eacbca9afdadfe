/** Learns VP-Score from the stored preferences while it scores every image: the store, the training, the serving. */
@NullMarked
package dev.preflow.scorer;

import org.jspecify.annotations.NullMarked;
