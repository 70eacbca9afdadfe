/** Stages by name: which there are, and how a process runs some of them. */
@NullMarked
package dev.preflow.app.stages;

import org.jspecify.annotations.NullMarked;
