package dev.preflow.demo.pretrain;

/** How far an outline is from the true one. In several degrees: two pictures that both are a little off are told apart too. */
enum Crookedness {
    /** True, as far as anybody would say. */
    STRAIGHT("plain", 0),
    UNEVEN("uneven", 0.07),
    CROOKED("crooked", 0.12),
    MANGLED("mangled", 0.19);

    private final String word;
    private final double from;

    Crookedness(String word, double from) {
        this.word = word;
        this.from = from;
    }

    /** What captions call it. */
    String word() {
        return word;
    }

    /**
     * The degree of a dent.
     *
     * @param dent 1 less the intersection over union with the true outline, 0 to 1
     */
    static Crookedness of(double dent) {
        Crookedness degree = STRAIGHT;
        for (Crookedness candidate : values()) {
            degree = dent >= candidate.from ? candidate : degree;
        }
        return degree;
    }
}
