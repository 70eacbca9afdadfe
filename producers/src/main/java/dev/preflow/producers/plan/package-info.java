/** Turns prompts into the images to draw of them, as the paper's image generation step does (section 3, appendix C.3). */
@NullMarked
package dev.preflow.producers.plan;

import org.jspecify.annotations.NullMarked;
