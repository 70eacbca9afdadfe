package dev.preflow.models.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learns a small CLIP vocabulary from a corpus by byte-pair encoding (Sennrich et al. 2016): the most frequent pair is merged
 * until every word of the corpus is one token. Text beyond the corpus is spelled in bytes.
 */
public final class ClipTokenizerBuilder {
    private final Map<String, Integer> frequencies = new TreeMap<>();
    private int maxLength = 77;

    /** Adds the words of a text. */
    public ClipTokenizerBuilder add(String text) {
        ClipWords.CLIP.split(text).forEach(word -> frequencies.merge(word, 1, Integer::sum));
        return this;
    }

    /** Sets the length of encodings, start and end included; CLIP's own is 77. */
    public ClipTokenizerBuilder maxLength(int length) {
        maxLength = length;
        return this;
    }

    /** Learns the merges. The same corpus gives the same vocabulary. */
    public ClipTokenizer build() {
        Map<String, List<String>> words = new TreeMap<>();
        frequencies.keySet().forEach(word -> words.put(word, ClipWords.symbols(word)));
        List<BytePairEncoder.Pair> merges = new ArrayList<>();
        for (BytePairEncoder.Pair best = mostFrequent(words); best != null; best = mostFrequent(words)) {
            merges.add(best);
            BytePairEncoder one = new BytePairEncoder(List.of(best));
            words.replaceAll((word, symbols) -> one.encode(symbols));
        }
        return new ClipTokenizer(ClipVocabulary.of(merges), ClipTokenizerConfig.ofLength(maxLength));
    }

    private BytePairEncoder.@Nullable Pair mostFrequent(Map<String, List<String>> words) {
        Map<BytePairEncoder.Pair, Integer> counts = new HashMap<>();
        words.forEach((word, symbols) -> {
            for (int i = 0; i + 1 < symbols.size(); i++) {
                counts.merge(
                        new BytePairEncoder.Pair(symbols.get(i), symbols.get(i + 1)),
                        frequencies.getOrDefault(word, 0),
                        Integer::sum);
            }
        });
        // equal counts are told apart by spelling, so that the result does not depend on hashing
        return counts.entrySet().stream()
                .max(Comparator.<Map.Entry<BytePairEncoder.Pair, Integer>>comparingInt(Map.Entry::getValue)
                        .thenComparing(entry -> entry.getKey().joined())
                        .thenComparing(entry -> entry.getKey().left()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }
}
