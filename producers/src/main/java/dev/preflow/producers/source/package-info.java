/**
 * Where prompts come from: files, standard input, HTTP or a program, read one at a time so that a source of any length
 * needs no more memory than its longest entry, and fed to the prompts topic at a settled pace.
 */
@NullMarked
package dev.preflow.producers.source;

import org.jspecify.annotations.NullMarked;
