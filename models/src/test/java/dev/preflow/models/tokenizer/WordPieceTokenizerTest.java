package dev.preflow.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTokenizerTest {
    @TempDir
    private Path folder;

    @Test
    void shouldCutGreedilyIntoTheLongestPieces() throws IOException {
        // ids:                            0      1      2      3      4     5       6        7       8    9
        WordPieceTokenizer tokenizer =
                of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "##ab", "!", "\u7EA2");
        assertThat(tokenizer.tokenize("UNaffable!")).containsExactly(4, 5, 6, 8);
        assertThat(tokenizer.tokenize("un\u00E1ffable")).containsExactly(4, 5, 6);
        assertThat(tokenizer.tokenize("unaffab\u00EE")).containsExactly(1);
        assertThat(tokenizer.tokenize("un\u7EA2un")).containsExactly(4, 9, 4);
        assertThat(tokenizer.tokenize("u\u200Bn\u0000")).containsExactly(4);
        assertThat(tokenizer.tokenize("un".repeat(51))).containsExactly(1);
        assertThat(tokenizer.vocabularySize()).isEqualTo(12);
    }

    @Test
    void shouldFrameTruncateAndPad() throws IOException {
        WordPieceTokenizer tokenizer = of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b");
        WordPieceTokenizer.Encoding padded = tokenizer.encode("a b", 6);
        assertThat(padded.ids()).containsExactly(2, 4, 5, 3, 0, 0);
        assertThat(padded.length()).isEqualTo(4);
        assertThat(tokenizer.encode("a b a b", 4).ids()).containsExactly(2, 4, 5, 3);
        assertThat(tokenizer.encode("", 2).ids()).containsExactly(2, 3);
        assertThatThrownBy(() -> tokenizer.encode("a", 1)).hasMessageContaining("at least 2");
    }

    @Test
    void shouldSplitAsBertDoes() {
        assertThat(BertWords.split("Caf\u00E9-Bar's $5 \u00BFqu\u00E9? \u96EA\u306E[SEP]x_y", Set.of("[SEP]")))
                .containsExactly(
                        "cafe", "-", "bar", "'", "s", "$", "5", "\u00BF", "que", "?", "\u96EA", "\u306E", "[SEP]", "x",
                        "_", "y");
        assertThat(BertWords.split("\uD83D\uDE80 \uD83D \u2028z", Set.of("[SEP]")))
                .containsExactly("\uD83D\uDE80", "z");
    }

    @Test
    void shouldBuildAVocabularyThatSpellsWhatTheCorpusLacks() throws IOException {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.ofCorpus(List.of("a red circle", "a blue square"));
        assertThat(tokenizer.tokenize("Red square")).hasSize(2);
        assertThat(tokenizer.tokenize("pink")).hasSize(4);
        assertThat(tokenizer.tokenize("\uD83D\uDE80")).containsExactly(1);
        tokenizer.save(folder.resolve("vocab.txt"));
        WordPieceTokenizer loaded = WordPieceTokenizer.load(folder.resolve("vocab.txt"));
        assertThat(loaded.vocabularySize()).isEqualTo(tokenizer.vocabularySize());
        assertThat(loaded.encode("a pink circle", 35).ids())
                .isEqualTo(tokenizer.encode("a pink circle", 35).ids());
        assertThat(Files.readAllLines(folder.resolve("vocab.txt"))).endsWith("[DEC]", "[ENC]");
    }

    @Test
    void shouldRefuseAVocabularyThatCannotWork() {
        assertThatThrownBy(() -> of("[PAD]", "[UNK]", "[CLS]")).hasMessageContaining("[SEP]");
        assertThatThrownBy(() -> of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "a"))
                .hasMessageContaining("twice");
    }

    private WordPieceTokenizer of(String... tokens) throws IOException {
        Path file = folder.resolve("tokens.txt");
        Files.write(file, List.of(tokens));
        return WordPieceTokenizer.load(file);
    }
}
