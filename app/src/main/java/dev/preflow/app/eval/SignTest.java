package dev.preflow.app.eval;

/**
 * Two-sided exact sign test of paired outcomes: how likely a split of wins and losses as uneven as this one is when
 * neither side is better. Ties carry no information and are left out.
 */
public final class SignTest {
    private SignTest() {}

    /**
     * The two-sided p-value.
     *
     * @param wins independent cases in which the second of the two was better, at least 0
     * @param losses those in which the first was better, at least 0
     * @return a probability in (0, 1]; 1 when there is no case that differs
     */
    public static double pValue(int wins, int losses) {
        if (wins < 0 || losses < 0) {
            throw new IllegalArgumentException("wins and losses must not be negative: " + wins + ", " + losses);
        }
        int n = wins + losses;
        double tail = 0;
        for (int k = 0; k <= Math.min(wins, losses); k++) {
            tail += Math.exp(logChoose(n, k) - n * Math.log(2));
        }
        return Math.min(1, 2 * tail);
    }

    private static double logChoose(int n, int k) {
        double sum = 0;
        for (int i = 1; i <= k; i++) {
            sum += Math.log(n - k + i) - Math.log(i);
        }
        return sum;
    }
}
