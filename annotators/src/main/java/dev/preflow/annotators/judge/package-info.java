/** Talks to a multimodal LLM behind any OpenAI-compatible chat-completions endpoint: requests, limits, errors, tokens. */
@NullMarked
package dev.preflow.annotators.judge;

import org.jspecify.annotations.NullMarked;
