package dev.preflow.models.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Byte-pair encoding (Sennrich et al. 2016) of one word: joins the pair of the lowest rank until none is left. */
final class BytePairEncoder {
    /** Two neighbouring symbols. */
    record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    private record Candidate(int rank, int position, Pair pair) {}

    private final Map<Pair, Integer> ranks;

    BytePairEncoder(List<Pair> merges) {
        ranks = new HashMap<>(merges.size() * 2);
        for (int i = 0; i < merges.size(); i++) {
            ranks.putIfAbsent(merges.get(i), i);
        }
    }

    /** The symbols that a word falls into; takes n log n steps, so that a word of any length is affordable. */
    List<String> encode(List<String> symbols) {
        int count = symbols.size();
        String[] at = symbols.toArray(String[]::new);
        int[] previous = new int[count];
        int[] next = new int[count];
        for (int i = 0; i < count; i++) {
            previous[i] = i - 1;
            next[i] = i + 1;
        }
        PriorityQueue<Candidate> queue =
                new PriorityQueue<>(Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::position));
        for (int i = 0; i + 1 < count; i++) {
            offer(queue, i, at[i], at[i + 1]);
        }
        while (!queue.isEmpty()) {
            Candidate best = queue.poll();
            int left = best.position();
            int right = at[left].isEmpty() ? count : next[left];
            if (right >= count || !best.pair().equals(new Pair(at[left], at[right]))) {
                continue; // one of the two has been joined with another neighbour meanwhile
            }
            at[left] = best.pair().joined();
            at[right] = "";
            next[left] = next[right];
            if (next[left] < count) {
                previous[next[left]] = left;
                offer(queue, left, at[left], at[next[left]]);
            }
            if (previous[left] >= 0) {
                offer(queue, previous[left], at[previous[left]], at[left]);
            }
        }
        List<String> joined = new ArrayList<>();
        for (String symbol : at) {
            if (!symbol.isEmpty()) {
                joined.add(symbol);
            }
        }
        return joined;
    }

    private void offer(PriorityQueue<Candidate> queue, int position, String left, String right) {
        Pair pair = new Pair(left, right);
        Integer rank = ranks.get(pair);
        if (rank != null) {
            queue.add(new Candidate(rank, position, pair));
        }
    }
}
