package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokenised texts. The batch is as long as its longest text: what the mask hides changes nothing, so it is left away.
 *
 * @param ids [B, L], int64
 * @param mask [B, 1, 1, L], 0 at tokens and very negative at padding
 * @param length L
 */
record TextBatch(NDArray ids, NDArray mask, int length) {
    /** BERT's constant for hidden positions. */
    private static final float HIDDEN = -10_000;

    /** Tokenises each distinct text once. */
    static TextBatch of(NDManager manager, WordPieceTokenizer tokenizer, List<String> texts, int maxLength) {
        Map<String, WordPieceTokenizer.Encoding> distinct = new HashMap<>();
        int length = 0;
        for (String text : texts) {
            length = Math.max(
                    length,
                    distinct.computeIfAbsent(text, t -> tokenizer.encode(t, maxLength))
                            .length());
        }
        long[] ids = new long[texts.size() * length];
        float[] mask = new float[ids.length];
        for (int b = 0; b < texts.size(); b++) {
            WordPieceTokenizer.Encoding encoding = distinct.get(texts.get(b));
            for (int i = 0; i < length; i++) {
                ids[b * length + i] = encoding.ids()[i];
            }
            Arrays.fill(mask, b * length + encoding.length(), (b + 1) * length, HIDDEN);
        }
        return new TextBatch(
                manager.create(ids, new Shape(texts.size(), length)),
                manager.create(mask, new Shape(texts.size(), 1, 1, length)),
                length);
    }
}
