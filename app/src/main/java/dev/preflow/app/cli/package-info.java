/** The command line. */
@NullMarked
package dev.preflow.app.cli;

import org.jspecify.annotations.NullMarked;
