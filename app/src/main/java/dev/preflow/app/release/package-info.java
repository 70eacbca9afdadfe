/** The newest weights of a deployment or of a demo, for commands that use them. */
@NullMarked
package dev.preflow.app.release;

import org.jspecify.annotations.NullMarked;
