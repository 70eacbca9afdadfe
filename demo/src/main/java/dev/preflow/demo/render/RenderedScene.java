package dev.preflow.demo.render;

import dev.preflow.demo.scene.Scene;
import java.awt.image.BufferedImage;
import java.util.Set;

/**
 * A picture with the truth about it.
 *
 * @param image 64×64, TYPE_INT_RGB
 * @param scene what is drawn
 * @param defects what is wrong with it; empty when it is clean
 */
public record RenderedScene(BufferedImage image, Scene scene, Set<Defect> defects) {
    public RenderedScene {
        defects = Set.copyOf(defects);
    }

    /** Whether nothing is wrong. */
    public boolean clean() {
        return defects.isEmpty();
    }
}
