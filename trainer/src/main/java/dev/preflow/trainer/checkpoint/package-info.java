/** What training needs to continue as if it had never stopped. */
@NullMarked
package dev.preflow.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
