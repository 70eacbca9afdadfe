package dev.preflow.models.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CLIP's tokenizer (Radford et al. 2021): lower-cased words in byte-level byte-pair encoding. Reads and writes the files of
 * transformers' {@code CLIPTokenizer}. Any text can be encoded. Immutable.
 */
public final class ClipTokenizer {
    private final ClipVocabulary vocabulary;
    private final ClipTokenizerConfig config;
    private final BytePairEncoder encoder;
    private final ClipWords words;

    ClipTokenizer(ClipVocabulary vocabulary, ClipTokenizerConfig config) {
        this.vocabulary = vocabulary;
        this.config = config;
        this.encoder = new BytePairEncoder(vocabulary.merges());
        this.words = new ClipWords(config.special());
        for (String token : config.special()) {
            if (!vocabulary.ids().containsKey(token)) {
                throw new IllegalArgumentException("vocab.json lacks the special token '" + token + "'");
            }
        }
    }

    /**
     * Reads {@code vocab.json}, {@code merges.txt} and, where they exist, {@code tokenizer_config.json} and
     * {@code special_tokens_map.json}.
     */
    public static ClipTokenizer load(Path folder) throws IOException {
        return new ClipTokenizer(ClipVocabulary.load(folder), ClipTokenizerConfig.load(folder));
    }

    /** The same tokenizer with another token behind the end of text. */
    public ClipTokenizer padded(String token) {
        return new ClipTokenizer(vocabulary, config.padded(token));
    }

    /** Writes the four files, so that transformers loads the same tokenizer. */
    public void save(Path folder) throws IOException {
        vocabulary.save(folder);
        config.save(folder);
    }

    /** The ids of a text's tokens, without start, end, padding or truncation. */
    public int[] tokenize(String text) {
        List<Integer> ids = new ArrayList<>();
        for (String word : words.split(text)) {
            if (words.isSpecial(word)) {
                ids.add(id(word));
            } else {
                encoder.encode(ClipWords.symbols(word)).forEach(symbol -> ids.add(id(symbol)));
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Start of text, the text's tokens as far as they fit, end of text, padding: {@link #maxLength()} ids. */
    public int[] encode(String text) {
        int[] tokens = tokenize(text);
        int kept = Math.min(tokens.length, config.maxLength() - 2);
        int[] ids = new int[config.maxLength()];
        ids[0] = startId();
        System.arraycopy(tokens, 0, ids, 1, kept);
        ids[kept + 1] = endId();
        Arrays.fill(ids, kept + 2, ids.length, id(config.padding()));
        return ids;
    }

    /** Length of an encoding. */
    public int maxLength() {
        return config.maxLength();
    }

    /** Number of ids: one more than the largest. */
    public int vocabularySize() {
        return vocabulary.ids().values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElseThrow()
                + 1;
    }

    /** The id of the start of text. */
    public int startId() {
        return id(config.start());
    }

    /** The id of the end of text; a text encoder pools at its first position. */
    public int endId() {
        return id(config.end());
    }

    private int id(String token) {
        Integer id = vocabulary.ids().get(token);
        return id == null ? id(config.unknown()) : id;
    }
}
