package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.Defect;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.GaussianBlur;
import dev.preflow.demo.render.RenderedScene;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.SceneSpec;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A rendered scene, made as soft as a small generator's pictures, with a caption that tells the truth about it.
 *
 * @param image what is seen
 * @param caption what is said
 * @param objects where things are
 * @param outlines of the objects
 */
record CaptionedScene(
        BufferedImage image, SceneCaption caption, List<PlacedObject> objects, List<Crookedness> outlines) {
    /** Often: outlines are what a picture of one object is judged by most, and what is learnt last. */
    private static final double CROOKED_RATE = 0.6;
    /** What nobody would call crooked, as a steepness of {@link Wobble}. */
    private static final double STRAIGHT = 0.1;

    private static final double MOST_CROOKED = 1.4;

    private static final double SOFT_RATE = 0.3;
    /** A small generator's edges, as the deviation of a Gaussian in pixels; what is beyond is said to be soft. */
    private static final double SHARPEST = 0.2;

    private static final double SOFT = 1.3;
    private static final double SOFTEST = 2.4;

    /**
     * Renders a scene.
     *
     * @param rates what is wrong with it; nothing at all if they are all 0
     */
    static CaptionedScene render(SceneRenderer renderer, SceneSpec spec, DefectRates rates, RandomGenerator random) {
        RenderedScene scene = renderer.render(spec, rates, random);
        boolean blurred = scene.defects().contains(Defect.BLURRED);
        boolean shapely = !blurred && !scene.defects().contains(Defect.TINY) && !rates.equals(DefectRates.NONE);
        boolean crooked = shapely && random.nextDouble() < CROOKED_RATE;
        boolean soft = shapely && random.nextDouble() < SOFT_RATE;
        Wobble wobble =
                new Wobble(crooked ? random.nextDouble(STRAIGHT, MOST_CROOKED) : random.nextDouble(STRAIGHT), random);
        wobble.apply(scene.image());
        GaussianBlur.apply(scene.image(), soft ? random.nextDouble(SOFT, SOFTEST) : random.nextDouble(SHARPEST, SOFT));
        List<PlacedObject> objects = scene.scene().objects();
        List<Crookedness> outlines = objects.stream()
                .map(object -> crooked ? Crookedness.of(wobble.dent(object)) : Crookedness.STRAIGHT)
                .toList();
        Sharpness sharpness = blurred ? Sharpness.BLURRED : soft ? Sharpness.SOFT : Sharpness.SHARP;
        return new CaptionedScene(
                scene.image(), SceneCaption.of(scene, Collections.max(outlines), sharpness), objects, outlines);
    }
}
