/** Preferences between the images of a group, as they follow from an annotator's ratings (paper section 2.4). */
@NullMarked
package dev.preflow.annotators.preference;

import org.jspecify.annotations.NullMarked;
