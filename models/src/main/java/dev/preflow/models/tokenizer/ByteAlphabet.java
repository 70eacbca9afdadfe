package dev.preflow.models.tokenizer;

import java.nio.charset.StandardCharsets;

/** GPT-2's reversible map from bytes to printable characters: the alphabet of byte-level byte-pair encoding. */
final class ByteAlphabet {
    private static final char[] SYMBOLS = symbols();
    private static final char[] IN_VOCABULARY_ORDER = inVocabularyOrder();

    private ByteAlphabet() {}

    /** The UTF-8 bytes of a text, one printable character each. */
    static String spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder spelled = new StringBuilder(bytes.length);
        for (byte value : bytes) {
            spelled.append(SYMBOLS[value & 0xFF]);
        }
        return spelled.toString();
    }

    /** All 256 characters in the order in which CLIP's vocabulary numbers them. */
    static char[] characters() {
        return IN_VOCABULARY_ORDER.clone();
    }

    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE && value <= 0xFF;
    }

    private static char[] symbols() {
        char[] symbols = new char[256];
        int moved = 0;
        for (int value = 0; value < 256; value++) {
            symbols[value] = isPrintable(value) ? (char) value : (char) (256 + moved++);
        }
        return symbols;
    }

    private static char[] inVocabularyOrder() {
        char[] ordered = new char[256];
        int next = 0;
        for (boolean printable : new boolean[] {true, false}) {
            for (int value = 0; value < 256; value++) {
                if (isPrintable(value) == printable) {
                    ordered[next++] = SYMBOLS[value];
                }
            }
        }
        return ordered;
    }
}
