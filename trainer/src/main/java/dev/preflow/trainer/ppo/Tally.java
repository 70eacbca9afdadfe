package dev.preflow.trainer.ppo;

import java.util.List;

/** Adds up what the micro-batches of an iteration measured. */
final class Tally {
    private final double clipRange;
    private int pairs;
    private int clipped;
    private double kl;
    private double firstLogRatio;
    private double norms;
    private int steps;

    Tally(double clipRange) {
        this.clipRange = clipRange;
    }

    void add(List<TrainedPair> batch, Surrogate.Measured measured, boolean first) {
        for (int i = 0; i < batch.size(); i++) {
            double logRatio = measured.logRatios()[i];
            double excess = Math.exp(logRatio) - 1;
            // the clip cuts only what would go further in the direction that the advantage asks for
            clipped += (batch.get(i).advantage() > 0 ? excess > clipRange : excess < -clipRange) ? 1 : 0;
            kl += measured.kl()[i];
            if (first) {
                // not Math.max: a NaN must show
                firstLogRatio = Math.abs(logRatio) <= firstLogRatio ? firstLogRatio : Math.abs(logRatio);
            }
        }
        pairs += batch.size();
    }

    void norm(double norm) {
        norms += norm;
        steps++;
    }

    UpdateReport report(List<List<Sample>> groups, int zeroSpreadGroups) {
        return new UpdateReport(
                pairs,
                groups.size() - zeroSpreadGroups,
                zeroSpreadGroups,
                groups.stream()
                        .flatMap(List::stream)
                        .mapToDouble(Sample::reward)
                        .average()
                        .orElse(Double.NaN),
                groups.stream().mapToDouble(Advantages::deviation).average().orElse(Double.NaN),
                firstLogRatio,
                ratio(clipped, pairs),
                ratio(kl, pairs),
                ratio(norms, steps));
    }

    /** NaN where nothing was counted: a value that is missing is not 0. */
    private static double ratio(double sum, int count) {
        return count == 0 ? Double.NaN : sum / count;
    }
}
