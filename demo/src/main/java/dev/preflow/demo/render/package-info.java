/** Draws scenes: clean ones, and the mixture with defects that the base model learns from. */
@NullMarked
package dev.preflow.demo.render;

import org.jspecify.annotations.NullMarked;
