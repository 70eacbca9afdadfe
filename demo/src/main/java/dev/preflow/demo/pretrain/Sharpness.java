package dev.preflow.demo.pretrain;

/** How sharp edges are, as captions say it. */
enum Sharpness {
    SHARP("sharp"),
    /** Softer than a small generator's pictures mostly are. */
    SOFT("soft"),
    BLURRED("blurred");

    private final String word;

    Sharpness(String word) {
        this.word = word;
    }

    /** What captions call it. */
    String word() {
        return word;
    }
}
