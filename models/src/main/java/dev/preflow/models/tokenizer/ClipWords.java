package dev.preflow.models.tokenizer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Cleans text and splits it into the words that CLIP encodes one by one. */
final class ClipWords {
    static final String START = "<|startoftext|>";
    static final String END = "<|endoftext|>";
    static final String WORD_END = "</w>";

    /** The special tokens of CLIP's own tokenizer. */
    static final ClipWords CLIP = new ClipWords(Set.of(START, END));

    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORDS = Pattern.compile(
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS);

    private final Set<String> special;
    private final Pattern specialPattern;

    /** @param special tokens that stand for themselves */
    ClipWords(Set<String> special) {
        this.special = Set.copyOf(special);
        this.specialPattern =
                Pattern.compile(special.stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }

    /** Whether a word is a special token, which is not cut further. */
    boolean isSpecial(String word) {
        return special.contains(word);
    }

    /** The lower-cased words of a text, in Unicode's composed form. Special tokens are taken out before, wherever they stand. */
    List<String> split(String text) {
        String repaired = UnicodeText.repair(text);
        List<String> words = new ArrayList<>();
        Matcher matcher = specialPattern.matcher(repaired);
        int from = 0;
        while (matcher.find()) {
            addWords(repaired.substring(from, matcher.start()), words);
            words.add(matcher.group());
            from = matcher.end();
        }
        addWords(repaired.substring(from), words);
        return words;
    }

    private static void addWords(String text, List<String> words) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        String clean = SPACES.matcher(composed).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
        Matcher matcher = WORDS.matcher(clean);
        while (matcher.find()) {
            words.add(matcher.group());
        }
    }

    /** The symbols of a word before any merge: its bytes, the last of which carries the end-of-word mark. */
    static List<String> symbols(String word) {
        String spelled = ByteAlphabet.spell(word);
        List<String> symbols = new ArrayList<>(spelled.length());
        for (int i = 0; i < spelled.length(); i++) {
            symbols.add(String.valueOf(spelled.charAt(i)));
        }
        symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + WORD_END);
        return symbols;
    }
}
