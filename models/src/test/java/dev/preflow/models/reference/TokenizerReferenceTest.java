package dev.preflow.models.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Emoji, combining marks, zero-width characters, long words, mixed scripts, entities: cut up as transformers does. */
class TokenizerReferenceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BERT_LENGTH = 35;

    /** The second pads as Stable Diffusion 2 and SDXL do. */
    @ParameterizedTest
    @ValueSource(strings = {"clip", "clip-zeros"})
    void shouldCutAsTransformersClipTokenizerDoes(String name) throws IOException {
        Path folder = Reference.folder("tokenizers/" + name);
        ClipTokenizer tokenizer = ClipTokenizer.load(folder);
        compare(folder, tokenizer::tokenize, tokenizer::encode);
    }

    @Test
    void shouldCutAsTransformersBertTokenizerDoes() throws IOException {
        Path folder = Reference.folder("tokenizers/bert");
        WordPieceTokenizer tokenizer = WordPieceTokenizer.load(folder.resolve("vocab.txt"));
        compare(folder, tokenizer::tokenize, text -> tokenizer
                .encode(text, BERT_LENGTH)
                .ids());
    }

    private static void compare(Path folder, Function<String, int[]> tokenize, Function<String, int[]> encode)
            throws IOException {
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode row : JSON.readTree(folder.resolve("strings.json").toFile())) {
            String text = row.required("text").asText();
            softly.assertThat(tokenize.apply(text)).as(text).isEqualTo(ints(row.required("pieces")));
            softly.assertThat(encode.apply(text)).as(text).isEqualTo(ints(row.required("ids")));
        }
        softly.assertAll();
    }

    private static int[] ints(JsonNode array) {
        return JSON.convertValue(array, int[].class);
    }
}
