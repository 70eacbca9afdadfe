/** The HTTP side: prompts in, states, images and scores out, and the page. */
@NullMarked
package dev.preflow.app.gateway;

import org.jspecify.annotations.NullMarked;
