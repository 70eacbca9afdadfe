package dev.preflow.demo.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the coloured patches: pixels that differ from the background in the hue plane, cut at half of their local height so that blurred
 * neighbours part, joined again across the strokes of a white sign, and split where one patch holds two hues.
 */
final class Segmenter {
    private static final int SIDE = Canvas.SIDE;
    private static final float FAINT = 30;
    /** A restless background must not break into objects. */
    private static final double NOISE_MARGIN = 2.5;

    private static final int LEAST_PIXELS = 9;
    private static final double PEAK_QUANTILE = 0.9;
    private static final int BRIDGE = 5;

    private final Canvas canvas;
    private final boolean[] white;
    private final int[] owner = new int[SIDE * SIDE];

    Segmenter(Canvas canvas, SignSeen sign) {
        this.canvas = canvas;
        this.white = sign.white();
    }

    /** The patches, largest first. */
    List<Region> regions() {
        boolean[] faint = new boolean[owner.length];
        double threshold = Math.max(FAINT, NOISE_MARGIN * canvas.noise);
        for (int i = 0; i < faint.length; i++) {
            faint[i] = canvas.chroma[i] > threshold;
        }
        boolean[] core = core(faint);
        int[] cores = new int[owner.length];
        int count = Labels.fill(core, SIDE, cores);
        int[] merged = bridged(cores, count);
        List<int[]> parts = new ArrayList<>();
        for (int[] pixels : grouped(merged, count)) {
            if (pixels.length >= LEAST_PIXELS) {
                HueSplit.split(canvas, pixels, parts);
            }
        }
        parts.removeIf(p -> p.length < LEAST_PIXELS);
        grow(parts, faint);
        List<Region> regions = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            regions.add(region(parts.get(part), part + 1));
        }
        regions.sort((a, b) -> b.pixels().length - a.pixels().length);
        return regions;
    }

    private boolean[] core(boolean[] faint) {
        int[] labels = new int[faint.length];
        int count = Labels.fill(faint, SIDE, labels);
        boolean[] core = new boolean[faint.length];
        for (int[] pixels : grouped(labels, count)) {
            double limit = 0.5 * peak(pixels);
            for (int i : pixels) {
                core[i] = canvas.chroma[i] > limit;
            }
        }
        return core;
    }

    private double peak(int[] pixels) {
        float[] values = new float[pixels.length];
        for (int k = 0; k < values.length; k++) {
            values[k] = canvas.chroma[pixels[k]];
        }
        Arrays.sort(values);
        return values[(int) (PEAK_QUANTILE * (values.length - 1))];
    }

    /** Labels joined where only a few pixels with white among them lie between. */
    private int[] bridged(int[] labels, int count) {
        int[] parent = new int[count + 1];
        Arrays.setAll(parent, i -> i);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != 0) {
                bridge(labels, parent, i, 1, SIDE - 1 - i % SIDE);
                bridge(labels, parent, i, SIDE, SIDE - 1 - i / SIDE);
            }
        }
        int[] merged = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            merged[i] = root(parent, labels[i]);
        }
        return merged;
    }

    private void bridge(int[] labels, int[] parent, int from, int step, int room) {
        boolean overWhite = false;
        for (int k = 1; k <= Math.min(BRIDGE, room); k++) {
            int i = from + k * step;
            if (labels[i] != 0) {
                if (overWhite) {
                    parent[root(parent, labels[i])] = root(parent, labels[from]);
                }
                return;
            }
            overWhite |= white[i];
        }
    }

    private static int root(int[] parent, int label) {
        int r = label;
        while (parent[r] != r) {
            r = parent[r];
        }
        return r;
    }

    private static List<int[]> grouped(int[] labels, int count) {
        int[] sizes = Labels.sizes(labels, count);
        int[][] groups = new int[count + 1][];
        for (int label = 1; label <= count; label++) {
            groups[label] = new int[sizes[label]];
        }
        int[] at = new int[count + 1];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != 0) {
                groups[labels[i]][at[labels[i]]++] = i;
            }
        }
        return Arrays.stream(groups).skip(1).filter(g -> g.length > 0).toList();
    }

    /** Gives every faint pixel to the part that it hangs on, breadth first. */
    private void grow(List<int[]> parts, boolean[] faint) {
        int[] queue = new int[owner.length];
        int tail = 0;
        for (int part = 0; part < parts.size(); part++) {
            for (int i : parts.get(part)) {
                owner[i] = part + 1;
                queue[tail++] = i;
            }
        }
        for (int head = 0; head < tail; head++) {
            int i = queue[head];
            int x = i % SIDE;
            int[] neighbours = {x > 0 ? i - 1 : -1, x < SIDE - 1 ? i + 1 : -1, i - SIDE, i + SIDE};
            for (int n : neighbours) {
                if (n >= 0 && n < owner.length && faint[n] && owner[n] == 0) {
                    owner[n] = owner[i];
                    queue[tail++] = n;
                }
            }
        }
    }

    private Region region(int[] core, int label) {
        double a = 0;
        double b = 0;
        double limit = peak(core) * 0.75;
        int n = 0;
        for (int i : core) {
            if (canvas.chroma[i] >= limit) {
                a += canvas.alpha[i];
                b += canvas.beta[i];
                n++;
            }
        }
        int[] pixels =
                IntStream.range(0, owner.length).filter(i -> owner[i] == label).toArray();
        return new Region(pixels, a / n, b / n, Math.hypot(a, b) / n);
    }

    /** The part that each pixel belongs to, 0 for none; valid after {@link #regions()}. */
    int[] owners() {
        return owner;
    }
}
