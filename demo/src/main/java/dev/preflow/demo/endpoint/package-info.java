/** The scene judge as an OpenAI-compatible chat-completions endpoint, with the faults that such endpoints have. */
@NullMarked
package dev.preflow.demo.endpoint;

import org.jspecify.annotations.NullMarked;
