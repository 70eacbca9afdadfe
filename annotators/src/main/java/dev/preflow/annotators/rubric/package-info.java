/** The rubrics of the four aspects (paper sections 2.2 and 2.3) and how they become a request to the judge. */
@NullMarked
package dev.preflow.annotators.rubric;

import org.jspecify.annotations.NullMarked;
