/** What an evaluation reports: the gold judge's verdicts on a set of prompts, and how diverse the pictures are. */
@NullMarked
package dev.preflow.demo.gold;

import org.jspecify.annotations.NullMarked;
