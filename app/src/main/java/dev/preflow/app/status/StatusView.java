package dev.preflow.app.status;

import dev.preflow.app.book.BookStats;
import java.util.List;
import java.util.Map;

/**
 * How the whole is doing.
 *
 * @param startedAt when this view of the topics began, ISO 8601
 * @param caughtUp whether the topics have been replayed up to what was there at the start
 * @param counts events read by topic
 * @param prompts the prompts held, by state
 * @param reward VP-Score's releases, oldest first, with their held-out accuracy
 * @param policy the policy's releases, oldest first
 * @param curve evaluations on held-out prompts, oldest first
 * @param parted whether proxy and gold have parted: the policy exploits its reward model
 */
public record StatusView(
        String startedAt,
        boolean caughtUp,
        Map<String, Long> counts,
        BookStats prompts,
        List<ReleaseView> reward,
        List<ReleaseView> policy,
        List<CurvePoint> curve,
        boolean parted) {

    /**
     * One evaluation.
     *
     * @param at when, ISO 8601
     * @param policyNumber number of the policy release; 0 for the base model
     * @param proxy mean VP-Score
     * @param gold share of clean images by the gold judge
     */
    public record CurvePoint(String at, int policyNumber, double proxy, double gold) {

        static CurvePoint of(EvalPoint point) {
            return new CurvePoint(point.at().toString(), point.policyNumber(), point.proxy(), point.gold());
        }
    }
}
