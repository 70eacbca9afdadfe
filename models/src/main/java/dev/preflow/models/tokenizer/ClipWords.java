package dev.preflow.models.tokenizer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cleans text and splits it into the words that CLIP encodes one by one. */
final class ClipWords {
    static final String START = "<|startoftext|>";
    static final String END = "<|endoftext|>";
    static final String WORD_END = "</w>";

    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORDS = Pattern.compile(
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS);

    private ClipWords() {}

    /** The lower-cased words of a text, in Unicode's composed form. */
    static List<String> split(String text) {
        String composed = Normalizer.normalize(UnicodeText.repair(text), Normalizer.Form.NFC);
        String clean = SPACES.matcher(composed).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
        List<String> words = new ArrayList<>();
        Matcher matcher = WORDS.matcher(clean);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
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
