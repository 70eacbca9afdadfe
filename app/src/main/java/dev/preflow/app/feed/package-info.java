/** The stream of scores as subscribers see it: in order, filtered, and resumable from where a subscriber was. */
@NullMarked
package dev.preflow.app.feed;

import org.jspecify.annotations.NullMarked;
