package dev.preflow.models.tokenizer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Cleans text and splits it into the words that BERT's WordPiece cuts. */
final class BertWords {
    private static final Pattern MARKS = Pattern.compile("\\p{Mn}+");

    private BertWords() {}

    /** The words of a text; special tokens in it stay whole. */
    static List<String> split(String text, Set<String> special) {
        Matcher matcher = Pattern.compile(special.stream().map(Pattern::quote).collect(Collectors.joining("|")))
                .matcher(text);
        List<String> words = new ArrayList<>();
        int from = 0;
        while (matcher.find()) {
            addWords(text.substring(from, matcher.start()), words);
            words.add(matcher.group());
            from = matcher.end();
        }
        addWords(text.substring(from), words);
        return words;
    }

    private static void addWords(String text, List<String> words) {
        StringBuilder word = new StringBuilder();
        plain(spaced(text)).codePoints().forEach(point -> {
            boolean alone = UnicodeText.isPunctuation(point);
            if (alone || UnicodeText.isSpace(point)) {
                finish(word, words);
            }
            if (alone) {
                words.add(Character.toString(point));
            } else if (!UnicodeText.isSpace(point)) {
                word.appendCodePoint(point);
            }
        });
        finish(word, words);
    }

    /** Without control characters, with plain spaces, and with spaces around CJK characters. */
    private static String spaced(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        UnicodeText.repair(text).codePoints().forEach(point -> {
            if (UnicodeText.isSpace(point)) {
                clean.append(' ');
            } else if (UnicodeText.isCjk(point)) {
                clean.append(' ').appendCodePoint(point).append(' ');
            } else if (!UnicodeText.isUnwanted(point)) {
                clean.appendCodePoint(point);
            }
        });
        return clean.toString();
    }

    /** Lower case without accents. */
    private static String plain(String text) {
        String decomposed = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
        return MARKS.matcher(decomposed).replaceAll("");
    }

    private static void finish(StringBuilder word, List<String> words) {
        if (word.length() > 0) {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
