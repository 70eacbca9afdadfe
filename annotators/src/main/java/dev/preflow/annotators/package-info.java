/** Judges groups of images with a multimodal LLM and derives preferences from its ratings. */
@NullMarked
package dev.preflow.annotators;

import org.jspecify.annotations.NullMarked;
