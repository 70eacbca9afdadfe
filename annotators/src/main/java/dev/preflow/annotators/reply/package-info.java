/** Reads the ratings out of a judge's reply: lenient about the form, strict about the ratings. */
@NullMarked
package dev.preflow.annotators.reply;

import org.jspecify.annotations.NullMarked;
