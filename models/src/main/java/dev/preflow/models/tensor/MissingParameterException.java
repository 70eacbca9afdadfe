package dev.preflow.models.tensor;

import java.util.Collection;
import java.util.Comparator;

/** A network asked for a parameter that its checkpoint does not have. */
public final class MissingParameterException extends IllegalArgumentException {

    MissingParameterException(String name, Collection<String> present) {
        super(message(name, present));
    }

    private static String message(String name, Collection<String> present) {
        return present.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .map(nearest -> "No parameter " + name + "; the nearest of " + present.size() + " is " + nearest)
                .orElse("No parameter " + name + "; there are none at all");
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
