/** What a scene is: the objects a prompt can name, the grammar of the prompts, and the way back from text to specification. */
@NullMarked
package dev.preflow.demo.scene;

import org.jspecify.annotations.NullMarked;
