package dev.preflow.demo.judge;

import dev.preflow.demo.scene.ShapeKind;

/**
 * A true shape laid over a patch.
 *
 * @param shape which
 * @param x centre, in pixels from the left
 * @param y centre, in pixels from the top
 * @param size see {@link ShapeKind}, in pixels
 * @param overlap soft intersection over union inside the frame, 0 to 1
 */
record ShapeFit(ShapeKind shape, double x, double y, double size, double overlap) {}
