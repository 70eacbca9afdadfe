package dev.preflow.models.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The uncased tokenizer of BERT (Devlin et al. 2019): words are lower-cased, stripped of accents and split at punctuation,
 * then cut greedily into the longest pieces that the vocabulary knows. As in BLIP and ImageReward, the vocabulary ends with
 * {@code [DEC]} and {@code [ENC]}; they are added to a vocabulary without them. Immutable.
 */
public final class WordPieceTokenizer {
    private static final String PADDING = "[PAD]";
    private static final String UNKNOWN = "[UNK]";
    private static final String FIRST = "[CLS]";
    private static final String LAST = "[SEP]";
    private static final String MASK = "[MASK]";
    private static final String DECODE = "[DEC]";
    private static final String ENCODE = "[ENC]";
    private static final Set<String> SPECIAL = Set.of(PADDING, UNKNOWN, FIRST, LAST, MASK, DECODE, ENCODE);
    private static final String CONTINUATION = "##";
    private static final int LONGEST_WORD = 100;

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();

    private WordPieceTokenizer(Collection<String> vocabulary) {
        Set<String> distinct = new LinkedHashSet<>(vocabulary);
        if (distinct.size() < vocabulary.size()) {
            throw new IllegalArgumentException("The vocabulary names a token twice, so ids would shift");
        }
        distinct.add(DECODE);
        distinct.add(ENCODE);
        tokens = List.copyOf(distinct);
        for (int i = 0; i < tokens.size(); i++) {
            ids.put(tokens.get(i), i);
        }
        for (String token : List.of(PADDING, UNKNOWN, FIRST, LAST)) {
            if (!ids.containsKey(token)) {
                throw new IllegalArgumentException("The vocabulary lacks " + token);
            }
        }
    }

    /** Reads a {@code vocab.txt}: one token per line, the line number is the id. */
    public static WordPieceTokenizer load(Path file) throws IOException {
        return new WordPieceTokenizer(Files.readAllLines(file));
    }

    /**
     * A small vocabulary: the special tokens, printable ASCII as whole words and as continuations, and every word of the
     * corpus. The same corpus gives the same vocabulary.
     */
    public static WordPieceTokenizer ofCorpus(Iterable<String> texts) {
        Set<String> vocabulary = new LinkedHashSet<>(List.of(PADDING, UNKNOWN, FIRST, LAST, MASK));
        for (String prefix : new String[] {"", CONTINUATION}) {
            for (char symbol = '!'; symbol <= '~'; symbol++) {
                if (!Character.isUpperCase(symbol)) {
                    vocabulary.add(prefix + symbol);
                }
            }
        }
        for (String text : texts) {
            BertWords.split(text, SPECIAL).stream()
                    .filter(word -> word.length() <= LONGEST_WORD)
                    .forEach(vocabulary::add);
        }
        return new WordPieceTokenizer(vocabulary);
    }

    /** Writes the {@code vocab.txt}. */
    public void save(Path file) throws IOException {
        Files.write(file, tokens);
    }

    /** The ids of a text's pieces, without special tokens, padding or truncation. */
    public int[] tokenize(String text) {
        List<Integer> pieces = new ArrayList<>();
        for (String word : BertWords.split(text, SPECIAL)) {
            if (SPECIAL.contains(word)) {
                pieces.add(id(word));
            } else {
                addPieces(word, pieces);
            }
        }
        return pieces.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * {@code [CLS]}, the text's pieces as far as they fit, {@code [SEP]}, padding.
     *
     * @param maxLength number of ids, at least 2; ImageReward uses 35
     */
    public Encoding encode(String text, int maxLength) {
        if (maxLength < 2) {
            throw new IllegalArgumentException("An encoding needs at least 2 ids, not " + maxLength);
        }
        int[] pieces = tokenize(text);
        int kept = Math.min(pieces.length, maxLength - 2);
        int[] encoded = new int[maxLength];
        Arrays.fill(encoded, id(PADDING));
        encoded[0] = id(FIRST);
        System.arraycopy(pieces, 0, encoded, 1, kept);
        encoded[kept + 1] = id(LAST);
        return new Encoding(encoded, kept + 2);
    }

    /** Number of ids. */
    public int vocabularySize() {
        return tokens.size();
    }

    private void addPieces(String word, List<Integer> pieces) {
        int[] points = word.codePoints().toArray();
        if (points.length > LONGEST_WORD) {
            pieces.add(id(UNKNOWN));
            return;
        }
        List<Integer> found = new ArrayList<>();
        int start = 0;
        while (start < points.length) {
            Integer piece = null;
            int end = points.length;
            while (end > start && piece == null) {
                String candidate = new String(points, start, end - start);
                piece = ids.get(start == 0 ? candidate : CONTINUATION + candidate);
                end = piece == null ? end - 1 : end;
            }
            if (piece == null) {
                pieces.add(id(UNKNOWN)); // a word of which a part is unknown is unknown as a whole
                return;
            }
            found.add(piece);
            start = end;
        }
        pieces.addAll(found);
    }

    private int id(String token) {
        Integer id = ids.get(token);
        return id == null ? id(UNKNOWN) : id;
    }

    /**
     * An encoded text.
     *
     * @param ids token ids, padded to the asked length
     * @param length how many of them are not padding
     */
    public record Encoding(int[] ids, int length) {}
}
