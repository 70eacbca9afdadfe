package dev.preflow.demo.judge;

/**
 * One aspect's judgement of one picture.
 *
 * @param aspect what is rated
 * @param score the judge's continuous opinion, from 1 (worst) to 5 (best)
 * @param rationale what was seen, in a sentence
 */
public record AspectRating(Aspect aspect, double score, String rationale) {
    /** The worst rating. */
    public static final int WORST = 1;
    /** The best rating. */
    public static final int BEST = 5;

    /** A rating whose score is brought into the scale. */
    public static AspectRating clamped(Aspect aspect, double score, String rationale) {
        return new AspectRating(aspect, Math.max(WORST, Math.min(BEST, score)), rationale);
    }

    /** The whole number from 1 to 5 that the score rounds to. */
    public int rating() {
        return rating(score);
    }

    /** The whole number from 1 to 5 nearest to any score. */
    public static int rating(double score) {
        return (int) Math.max(WORST, Math.min(BEST, Math.round(score)));
    }
}
