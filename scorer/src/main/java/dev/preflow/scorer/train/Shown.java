package dev.preflow.scorer.train;

import dev.preflow.scorer.store.TrainingPair;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An image as the answer to a prompt: what a reward model scores.
 *
 * @param prompt the words of the prompt
 * @param sha256 digest of the image's pixels
 */
record Shown(String prompt, String sha256) {

    static Shown better(TrainingPair pair) {
        return new Shown(pair.prompt(), pair.better());
    }

    static Shown worse(TrainingPair pair) {
        return new Shown(pair.prompt(), pair.worse());
    }

    /** Everything that some pairs show, each once. */
    static Set<Shown> in(Collection<TrainingPair> pairs) {
        var shown = new LinkedHashSet<Shown>();
        for (var pair : pairs) {
            shown.add(better(pair));
            shown.add(worse(pair));
        }
        return shown;
    }

    /**
     * The share of pairs whose better image has the higher score; equal scores count half.
     *
     * @param pairs the pairs
     * @param scores of everything that they show
     * @return from 0 to 1; NaN when there are no pairs
     */
    static double accuracy(List<TrainingPair> pairs, Map<Shown, Float> scores) {
        return pairs.stream()
                .mapToDouble(pair -> (1 + Math.signum(scores.get(better(pair)) - scores.get(worse(pair)))) / 2)
                .average()
                .orElse(Double.NaN);
    }
}
