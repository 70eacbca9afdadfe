/** The gold judge: looks at a picture's pixels and the prompt's text, and rates four aspects from 1 to 5 with what it saw. */
@NullMarked
package dev.preflow.demo.judge;

import org.jspecify.annotations.NullMarked;
