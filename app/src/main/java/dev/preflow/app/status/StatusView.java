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
        List<EvalPoint> curve,
        boolean parted) {}
