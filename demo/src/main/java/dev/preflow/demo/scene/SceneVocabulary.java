package dev.preflow.demo.scene;

import dev.preflow.models.tokenizer.WordPieceTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The words of the scene world, from which small models learn their vocabularies. */
public final class SceneVocabulary {
    private static final int PROMPTS = 4000;

    private SceneVocabulary() {}

    /** Prompts that use every word of the grammar; always the same ones. */
    public static List<String> corpus() {
        PromptGrammar grammar = new PromptGrammar();
        SplittableRandom random = new SplittableRandom(1);
        List<String> corpus = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            corpus.add(grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEFAULT)
                    .text());
        }
        return corpus;
    }

    /** A BERT tokenizer in which every word of the grammar is one token. */
    public static WordPieceTokenizer tokenizer() {
        return WordPieceTokenizer.ofCorpus(corpus());
    }
}
