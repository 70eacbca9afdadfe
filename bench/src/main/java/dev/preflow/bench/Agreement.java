package dev.preflow.bench;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.AspectRating;
import dev.preflow.models.reward.VpScore;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How often VP-Score agrees with the noiseless judge on which of two images of a prompt is better; pairs that are equal to it do not count. */
final class Agreement {
    private static final double LARGEST_MARGIN = 1.25;

    private final Count all = new Count();
    private final Map<Double, Count> byMargin = new TreeMap<>();
    /** Pairs that differ in one aspect alone. */
    private final Map<Aspect, Count> byAspect = new TreeMap<>();

    private static final class Count {
        private int pairs;
        private int right;

        void add(boolean agrees) {
            pairs++;
            right += agrees ? 1 : 0;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.3f of %d", right / (double) pairs, pairs);
        }
    }

    private Agreement() {}

    static Agreement of(VpScore model, List<RatedGroup> groups) {
        Agreement agreement = new Agreement();
        for (RatedGroup group : groups) {
            float[] scores = model.score(
                    group.images(), Collections.nCopies(group.images().size(), group.prompt()));
            for (int i = 0; i < scores.length; i++) {
                for (int j = 0; j < scores.length; j++) {
                    agreement.compare(group.scores().get(i), group.scores().get(j), scores[i] > scores[j]);
                }
            }
        }
        return agreement;
    }

    private void compare(double[] better, double[] worse, boolean agrees) {
        int[] gaps = new int[better.length];
        Arrays.setAll(gaps, a -> AspectRating.rating(better[a]) - AspectRating.rating(worse[a]));
        double margin = Arrays.stream(gaps).sum() / (double) gaps.length;
        if (margin <= 0) {
            return;
        }
        all.add(agrees);
        byMargin.computeIfAbsent(Math.min(margin, LARGEST_MARGIN), m -> new Count())
                .add(agrees);
        if (Arrays.stream(gaps).filter(gap -> gap != 0).count() == 1) {
            for (Aspect aspect : Aspect.values()) {
                if (gaps[aspect.ordinal()] != 0) {
                    byAspect.computeIfAbsent(aspect, a -> new Count()).add(agrees);
                }
            }
        }
    }

    String summary() {
        return all.toString();
    }

    String details() {
        return all + ", by margin " + byMargin + ", in one aspect alone " + byAspect;
    }
}
