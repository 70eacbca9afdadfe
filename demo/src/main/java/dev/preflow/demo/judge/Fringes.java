package dev.preflow.demo.judge;

import dev.preflow.demo.scene.Colour;
import java.util.List;

/**
 * Tells objects from the fringes along an object's edge: the faint opposite colour on the other side of an edge that is drawn
 * too hard, as sharpening and strong guidance leave it.
 */
final class Fringes {
    private static final double OPPOSITE = 120;
    private static final double FAINT = 0.5;
    private static final double SMALL = 0.4;
    /** How far a fringe reaches, in pixels. */
    private static final int REACH = 4;

    private static final double HUGGING = 0.8;

    private Fringes() {}

    /** Whether a patch is the fringe of another one. */
    static boolean fringe(Region patch, List<Region> patches) {
        return patches.stream().anyMatch(other -> other != patch && fringe(patch, other));
    }

    private static boolean fringe(Region patch, Region object) {
        return patch.pixels().length < SMALL * object.pixels().length
                && patch.chroma() < FAINT * object.chroma()
                && Colour.hueDistance(patch.hue(), object.hue()) > OPPOSITE
                && hugs(patch, object);
    }

    private static boolean hugs(Region patch, Region object) {
        boolean[] mask = new boolean[Canvas.SIDE * Canvas.SIDE];
        for (int i : object.pixels()) {
            mask[i] = true;
        }
        int near = 0;
        for (int i : patch.pixels()) {
            near += Canvas.near(mask, i, REACH) ? 1 : 0;
        }
        return near > HUGGING * patch.pixels().length;
    }
}
