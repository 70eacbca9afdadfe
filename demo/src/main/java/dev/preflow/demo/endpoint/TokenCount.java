package dev.preflow.demo.endpoint;

import java.awt.image.BufferedImage;
import java.util.regex.Pattern;

/** A plausible count of tokens: words, and 512-pixel tiles as large vision models charge for them. */
final class TokenCount {
    private static final Pattern GAPS = Pattern.compile("\\s+");
    private static final double TOKENS_PER_WORD = 1.3;
    private static final int TILE = 512;
    private static final int TOKENS_PER_TILE = 170;
    private static final int TOKENS_PER_IMAGE = 85;

    private TokenCount() {}

    static int words(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? 0 : GAPS.split(stripped).length;
    }

    static int ofWords(int words) {
        return (int) Math.ceil(words * TOKENS_PER_WORD);
    }

    static int of(BufferedImage image) {
        int across = (image.getWidth() + TILE - 1) / TILE;
        int down = (image.getHeight() + TILE - 1) / TILE;
        return TOKENS_PER_IMAGE + TOKENS_PER_TILE * across * down;
    }
}
