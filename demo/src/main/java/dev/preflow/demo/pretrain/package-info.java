/** Makes the small base model from rendered scenes: the "web-trained" generator that alignment starts from. */
@NullMarked
package dev.preflow.demo.pretrain;

import org.jspecify.annotations.NullMarked;
