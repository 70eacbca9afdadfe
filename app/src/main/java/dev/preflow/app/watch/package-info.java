/** Follows the scored stream for a terminal or a pipe. */
@NullMarked
package dev.preflow.app.watch;

import org.jspecify.annotations.NullMarked;
