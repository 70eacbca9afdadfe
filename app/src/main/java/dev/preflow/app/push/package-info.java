/** Prompts onto the topic, and what became of them. */
@NullMarked
package dev.preflow.app.push;

import org.jspecify.annotations.NullMarked;
