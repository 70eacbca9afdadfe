/** How the whole is doing: counts, releases, and the curves that show whether alignment is real. */
@NullMarked
package dev.preflow.app.status;

import org.jspecify.annotations.NullMarked;
