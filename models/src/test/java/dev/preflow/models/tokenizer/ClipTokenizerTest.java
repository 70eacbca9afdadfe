package dev.preflow.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
    private static final String EMOJI = "\uD83D\uDC69\u200D\uD83D\uDE80";
    private static final int BYTES = 256;

    private final ClipTokenizer tokenizer = new ClipTokenizerBuilder()
            .add("a red circle and a blue square")
            .add("two green triangles left of a red square")
            .maxLength(16)
            .build();

    @Test
    void shouldGiveEveryWordOfTheCorpusOneToken() {
        assertThat(tokenizer.tokenize("a red circle and two green triangles left of a blue square"))
                .hasSize(12);
        assertThat(tokenizer.tokenize("Red CIRCLE")).isEqualTo(tokenizer.tokenize(" red \t\n circle\u00A0"));
    }

    @Test
    void shouldFrameAndPadWithTheEndOfText() {
        int[] ids = tokenizer.encode("red");
        assertThat(ids).hasSize(16);
        assertThat(ids[0]).isEqualTo(tokenizer.startId()).isEqualTo(tokenizer.vocabularySize() - 2);
        assertThat(ids[1]).isEqualTo(tokenizer.tokenize("red")[0]);
        for (int i = 2; i < 16; i++) {
            assertThat(ids[i]).isEqualTo(tokenizer.endId()).isEqualTo(tokenizer.vocabularySize() - 1);
        }
    }

    @Test
    void shouldTruncateAndStillEndTheText() {
        int[] ids = tokenizer.encode("red ".repeat(40));
        assertThat(ids).hasSize(16).endsWith(tokenizer.endId());
        assertThat(ids[14]).isEqualTo(tokenizer.tokenize("red")[0]);
    }

    @Test
    void shouldSpellUnknownTextInBytes() {
        // U+00E9 is C3 A9 in UTF-8; both are printable, so their ids are their places in CLIP's alphabet
        int c3 = '~' - '!' + 1 + 12 + (0xC3 - 0xAE);
        int a9 = '~' - '!' + 1 + (0xA9 - 0xA1);
        assertThat(tokenizer.tokenize("\u00E9")).containsExactly(c3, BYTES + a9);
        // a combining accent composes to the same character
        assertThat(tokenizer.tokenize("e\u0301")).isEqualTo(tokenizer.tokenize("\u00E9"));
        assertThat(tokenizer.tokenize(EMOJI)).hasSize(EMOJI.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void shouldSplitAsClipDoes() {
        assertThat(ClipWords.CLIP.split("It's 2024: don't!! (caf\u00E9) \u7EA2\u8272 x2"))
                .containsExactly(
                        "it",
                        "'s",
                        "2",
                        "0",
                        "2",
                        "4",
                        ":",
                        "don",
                        "'t",
                        "!!",
                        "(",
                        "caf\u00E9",
                        ")",
                        "\u7EA2\u8272",
                        "x",
                        "2");
        assertThat(tokenizer.tokenize("red<|endoftext|>"))
                .containsExactly(tokenizer.tokenize("red")[0], tokenizer.endId());
    }

    @Test
    void shouldEncodeAnyString() {
        for (String text : List.of(
                "", "   ", "\uD83D", "\uDE80\uD83D", "\u0000\u200B\uFEFF", "\u202E abc", "e\u0301\u0327\u20DD")) {
            assertThat(tokenizer.encode(text)).hasSize(16).startsWith(tokenizer.startId());
        }
        assertThat(tokenizer.tokenize("")).isEmpty();
        assertThat(tokenizer.tokenize("\uD83D")).isEqualTo(tokenizer.tokenize("\uFFFD"));
    }

    @Test
    void shouldEncodeAVeryLongWordInTime() {
        assertThat(assertTimeout(Duration.ofSeconds(5), () -> tokenizer.tokenize("circle".repeat(100_000))))
                .isNotEmpty();
    }

    @Test
    void shouldReadWhatItWrites(@TempDir Path folder) throws IOException {
        tokenizer.save(folder);
        ClipTokenizer loaded = ClipTokenizer.load(folder);
        String text = "a red circle, naïve " + EMOJI;
        assertThat(loaded.encode(text)).isEqualTo(tokenizer.encode(text));
        assertThat(Files.readAllLines(folder.resolve("merges.txt"))).first().isEqualTo("#version: 0.2");
        assertThat(loaded.vocabularySize()).isEqualTo(tokenizer.vocabularySize());
    }

    @Test
    void shouldPadAsTheConfigSays(@TempDir Path folder) throws IOException {
        tokenizer.save(folder);
        Files.writeString(
                folder.resolve("special_tokens_map.json"),
                "{\"pad_token\": \"!\", \"bos_token\": {\"content\": \"<|startoftext|>\", \"lstrip\": false}}");
        int[] ids = ClipTokenizer.load(folder).encode("red");
        assertThat(ids[2]).isEqualTo(tokenizer.endId());
        assertThat(ids[3]).isZero();
        // transformers knows the padding as a token of its own, wherever it stands in a text
        assertThat(ClipTokenizer.load(folder).tokenize("red!"))
                .containsExactly(tokenizer.tokenize("red")[0], 0)
                .isNotEqualTo(tokenizer.tokenize("red!"));
    }

    @Test
    void shouldNameTheMergeThatDoesNotFit(@TempDir Path folder) throws IOException {
        tokenizer.save(folder);
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nq zz\n");
        assertThatThrownBy(() -> ClipTokenizer.load(folder)).hasMessageContaining("q zz");
    }

    @Test
    void shouldJoinTheLowestRankFirst() {
        BytePairEncoder encoder = new BytePairEncoder(List.of(
                new BytePairEncoder.Pair("b", "c"),
                new BytePairEncoder.Pair("a", "b"),
                new BytePairEncoder.Pair("a", "a")));
        assertThat(encoder.encode(List.of("a", "b", "c"))).containsExactly("a", "bc");
        assertThat(encoder.encode(List.of("a", "a", "a", "b"))).containsExactly("aa", "ab");
        assertThat(encoder.encode(List.of("a", "a", "a"))).containsExactly("aa", "a");
    }
}
