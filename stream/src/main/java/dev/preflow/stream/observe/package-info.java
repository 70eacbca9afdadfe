/** What can be seen of a running stage: its metrics and its health. */
@NullMarked
package dev.preflow.stream.observe;

import org.jspecify.annotations.NullMarked;
