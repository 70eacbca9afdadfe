/** The whole loop on one machine: broker, judge, every stage, prompts, evaluation and report. */
@NullMarked
package dev.preflow.app.demo;

import org.jspecify.annotations.NullMarked;
