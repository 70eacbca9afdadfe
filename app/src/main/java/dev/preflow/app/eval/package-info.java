/** Does it align? Base against policy on held-out prompts with fixed seeds, judged by the gold judge. */
@NullMarked
package dev.preflow.app.eval;

import org.jspecify.annotations.NullMarked;
