package dev.preflow.app;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.reward.VpScoreConfig;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import java.util.List;

/** A VP-Score of a few thousand random weights, which looks at 16×16 pixels. */
public final class TinyReward {
    private TinyReward() {}

    /** One that knows the words of a corpus, with weights from a seed. */
    public static VpScore create(List<String> corpus, NDManager manager, long seed) {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.ofCorpus(corpus);
        int words = tokenizer.vocabularySize();
        VpScoreConfig config =
                new VpScoreConfig(16, 8, List.of(), 32, 1, 2, words, 32, 1, 2, 16, 16, List.of(32, 1), List.of(), 0, 1);
        return VpScore.create(config, tokenizer, manager, seed);
    }
}
