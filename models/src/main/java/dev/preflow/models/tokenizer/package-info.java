/** Text to token ids, as the text encoders of CLIP (byte-pair encoding) and BERT (WordPiece) expect them. */
@NullMarked
package dev.preflow.models.tokenizer;

import org.jspecify.annotations.NullMarked;
