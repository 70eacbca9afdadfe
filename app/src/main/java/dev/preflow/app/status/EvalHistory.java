package dev.preflow.app.status;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The policy's curves: what is optimised (proxy) beside what is meant (gold). When the proxy holds or rises while the gold
 * falls, the policy exploits its reward model; that is told as an alarm. Thread-safe.
 */
public final class EvalHistory {

    private static final int MAX_POINTS = 2000;
    /** Points averaged before two are compared: one evaluation of some tens of images is noisy. */
    private static final int WINDOW = 3;

    /** Over a window of evaluations. */
    private record Mean(double proxy, double gold) {}

    private final double goldDrop;
    private final ArrayDeque<EvalPoint> points = new ArrayDeque<>();

    /**
     * An empty history.
     *
     * @param goldDrop how far gold falls below its best before it counts, above 0; a share of images
     */
    public EvalHistory(double goldDrop) {
        if (!(goldDrop > 0)) {
            throw new IllegalArgumentException(
                    "The drop of gold that raises the alarm must be above 0, not " + goldDrop);
        }
        this.goldDrop = goldDrop;
    }

    /**
     * Adds an evaluation.
     *
     * @param point measured after every one before it
     */
    public synchronized void add(EvalPoint point) {
        points.addLast(point);
        if (points.size() > MAX_POINTS) {
            points.removeFirst();
        }
    }

    /**
     * Every evaluation.
     *
     * @return oldest first
     */
    public synchronized List<EvalPoint> points() {
        return List.copyOf(points);
    }

    /**
     * Whether proxy and gold have parted: gold lies below its best by the drop or more, and the proxy no lower than it was
     * then; each a mean over three evaluations.
     *
     * @return true when they have
     */
    public boolean parted() {
        var smooth = smooth(points());
        if (smooth.size() < 2) {
            return false;
        }
        var last = smooth.get(smooth.size() - 1);
        var best = smooth.stream().reduce((a, b) -> b.gold() > a.gold() ? b : a).orElseThrow();
        return best.gold() - last.gold() >= goldDrop && last.proxy() >= best.proxy();
    }

    private static List<Mean> smooth(List<EvalPoint> points) {
        var smooth = new ArrayList<Mean>();
        for (int end = WINDOW; end <= points.size(); end++) {
            var window = points.subList(end - WINDOW, end);
            smooth.add(new Mean(
                    window.stream().mapToDouble(EvalPoint::proxy).average().orElseThrow(),
                    window.stream().mapToDouble(EvalPoint::gold).average().orElseThrow()));
        }
        return smooth;
    }
}
