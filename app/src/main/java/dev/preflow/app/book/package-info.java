/** What became of each prompt: a view in memory, rebuilt from the topics whenever the program starts. */
@NullMarked
package dev.preflow.app.book;

import org.jspecify.annotations.NullMarked;
