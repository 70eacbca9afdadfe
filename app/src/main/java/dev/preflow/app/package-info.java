/** The program: where the command line starts. */
@NullMarked
package dev.preflow.app;

import org.jspecify.annotations.NullMarked;
