package dev.preflow.models.tokenizer;

/** Repairs and classifications of Unicode text that both tokenizers need. */
final class UnicodeText {
    private static final int REPLACEMENT = 0xFFFD;

    private UnicodeText() {}

    /** Puts U+FFFD in the place of surrogates without a partner, which no encoding can express. */
    static String repair(String text) {
        return text.codePoints()
                .map(point -> Character.getType(point) == Character.SURROGATE ? REPLACEMENT : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** BERT's notion of white space; other control characters are dropped, not taken for spaces. */
    static boolean isSpace(int point) {
        return point == '\t' || point == '\n' || point == '\r' || Character.isSpaceChar(point);
    }

    /** BERT's notion of what has no place in text: the categories C*, the null and the replacement character. */
    static boolean isUnwanted(int point) {
        if (point == 0 || point == REPLACEMENT) {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /** BERT's notion of punctuation: the categories P* and every ASCII symbol. */
    static boolean isPunctuation(int point) {
        if (point < 128) {
            return point > ' ' && point != 127 && !Character.isLetterOrDigit(point);
        }
        return switch (Character.getType(point)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** Whether a character is of the CJK blocks that BERT spells one by one; Hangul and kana are not. */
    static boolean isCjk(int point) {
        return in(point, 0x4E00, 0x9FFF)
                || in(point, 0x3400, 0x4DBF)
                || in(point, 0x20000, 0x2A6DF)
                || in(point, 0x2A700, 0x2B73F)
                || in(point, 0x2B740, 0x2B81F)
                || in(point, 0x2B820, 0x2CEAF)
                || in(point, 0xF900, 0xFAFF)
                || in(point, 0x2F800, 0x2FA1F);
    }

    private static boolean in(int point, int first, int last) {
        return first <= point && point <= last;
    }
}
