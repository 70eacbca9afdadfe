package dev.preflow.producers.source;

import dev.preflow.producers.source.SourceEntry.Refused;
import java.util.List;

/**
 * What became of a source.
 *
 * @param published prompts on the topic, acknowledged
 * @param refused entries that no prompt record can carry
 * @param examples the first of them, at most 100
 */
public record FeedReport(long published, long refused, List<Refused> examples) {}
