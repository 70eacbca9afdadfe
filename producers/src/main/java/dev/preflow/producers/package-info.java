/** The producers' settings, and what they configure: prompt sources, the planner and the image generators. */
@NullMarked
package dev.preflow.producers;

import org.jspecify.annotations.NullMarked;
