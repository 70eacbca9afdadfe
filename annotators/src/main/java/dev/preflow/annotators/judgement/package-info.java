/** Lets one annotator judge one group: which calls are made, what is asked again, and what is made of the replies. */
@NullMarked
package dev.preflow.annotators.judgement;

import org.jspecify.annotations.NullMarked;
