/** Images as the networks take and give them. */
@NullMarked
package dev.preflow.models.image;

import org.jspecify.annotations.NullMarked;
