/** The settings of the whole program, and where they are read from. */
@NullMarked
package dev.preflow.app.config;

import org.jspecify.annotations.NullMarked;
