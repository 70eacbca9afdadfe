package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.tensor.Ops;
import java.util.List;

/** ImageReward's preparation of images (PAPER 6.2): bicubic resize of the shorter side, centre crop, CLIP's normalisation. */
final class ImagePreprocessing {
    private static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] STD = {0.26862954f, 0.26130258f, 0.27577711f};

    private ImagePreprocessing() {}

    /** Images in the network's size as one array in [0, 1], [B, 3, side, side]. */
    static NDArray batch(NDManager manager, List<RgbImage> images, int side) {
        int size = 3 * side * side;
        float[] values = new float[images.size() * size];
        for (int b = 0; b < images.size(); b++) {
            RgbImage image = images.get(b);
            if (image.width() == side && image.height() == side) {
                image.toUnit(values, b * size);
            } else {
                float[] own = new float[image.planes().length];
                image.toUnit(own, 0);
                try (NDManager scope = manager.newSubManager()) {
                    NDArray original = scope.create(own, new Shape(1, 3, image.height(), image.width()));
                    System.arraycopy(fit(original, side).toFloatArray(), 0, values, b * size, size);
                }
            }
        }
        return manager.create(values, new Shape(images.size(), 3, side, side));
    }

    /** Resizes and crops [B, 3, H, W] to squares; gradients flow through. */
    static NDArray fit(NDArray images, int side) {
        long height = images.getShape().get(2);
        long width = images.getShape().get(3);
        if (height == side && width == side) {
            return images;
        }
        long shorter = Math.min(height, width);
        long toHeight = side * height / shorter;
        long toWidth = side * width / shorter;
        NDArray resized = Ops.resizeBicubic(images, toHeight, toWidth);
        // halves go to the even neighbour, as in torchvision's crop
        long top = (long) Math.rint((toHeight - side) / 2.0);
        long left = (long) Math.rint((toWidth - side) / 2.0);
        return toHeight == toWidth ? resized : BlipOps.crop(resized, top, left, side);
    }

    /** Shifts and scales the channels of images in [0, 1]. */
    static NDArray normalise(NDArray images) {
        Shape channels = new Shape(1, 3, 1, 1);
        NDManager manager = images.getManager();
        return images.sub(manager.create(MEAN, channels)).div(manager.create(STD, channels));
    }
}
