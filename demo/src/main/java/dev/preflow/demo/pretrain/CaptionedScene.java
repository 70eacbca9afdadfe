package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.Defect;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.GaussianBlur;
import dev.preflow.demo.render.RenderedScene;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.SceneSpec;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A rendered scene, made as soft as a small generator's pictures, with a caption that tells the truth about it.
 *
 * @param image what is seen
 * @param caption what is said
 * @param objects where things are
 */
record CaptionedScene(BufferedImage image, SceneCaption caption, List<PlacedObject> objects) {
    /** Often: outlines are what a picture of one object is judged by most, and what is learnt last. */
    private static final double CROOKED_RATE = 0.6;
    /** What nobody would call crooked, in pixels; and from where on everybody would. */
    private static final double STRAIGHT = 0.4;

    private static final double LEAST_CROOKED = 1.3;
    private static final double MOST_CROOKED = 4;
    private static final double SOFT = 0.8;

    /**
     * Renders a scene.
     *
     * @param rates what is wrong with it; nothing at all if they are all 0
     */
    static CaptionedScene render(SceneRenderer renderer, SceneSpec spec, DefectRates rates, RandomGenerator random) {
        RenderedScene scene = renderer.render(spec, rates, random);
        boolean shapely =
                !scene.defects().contains(Defect.BLURRED) && !scene.defects().contains(Defect.TINY);
        boolean crooked = shapely && !rates.equals(DefectRates.NONE) && random.nextDouble() < CROOKED_RATE;
        Wobble.apply(
                scene.image(),
                crooked ? random.nextDouble(LEAST_CROOKED, MOST_CROOKED) : random.nextDouble(STRAIGHT),
                random);
        GaussianBlur.apply(scene.image(), random.nextDouble(SOFT / 4, SOFT));
        return new CaptionedScene(
                scene.image(), SceneCaption.of(scene, crooked), scene.scene().objects());
    }
}
