/** Configuration: settings declared in one place, set by file, environment or command line. */
@NullMarked
package dev.preflow.stream.config;

import org.jspecify.annotations.NullMarked;
