/** The image and the compose file, tried on a Docker engine. */
@NullMarked
package dev.preflow.docker;

import org.jspecify.annotations.NullMarked;
