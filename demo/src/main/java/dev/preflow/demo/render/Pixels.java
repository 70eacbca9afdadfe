package dev.preflow.demo.render;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** Pictures as numbers. */
public final class Pixels {
    private Pixels() {}

    /**
     * The packed RGB pixels of a picture, row by row; for TYPE_INT_RGB its own array, not a copy. The highest byte of each means
     * nothing.
     */
    public static int[] packed(BufferedImage image) {
        if (image.getType() == BufferedImage.TYPE_INT_RGB
                && image.getRaster().getParent() == null
                && image.getRaster().getDataBuffer() instanceof DataBufferInt ints) {
            return ints.getData();
        }
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    /**
     * Writes a picture as planes in [-1, 1], the form that diffusion models take.
     *
     * @param into receives 3·height·width values in the order channel, row, column
     * @param offset where they start
     */
    public static void toPlanes(BufferedImage image, float[] into, int offset) {
        int[] pixels = packed(image);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < pixels.length; i++) {
                into[offset + c * pixels.length + i] = (pixels[i] >> (16 - 8 * c) & 255) / 127.5f - 1;
            }
        }
    }

    /**
     * The picture of planes in [-1, 1]; values beyond are clamped.
     *
     * @param planes values in the order channel, row, column
     * @param offset where the picture starts
     */
    public static BufferedImage fromPlanes(float[] planes, int offset, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = packed(image);
        for (int i = 0; i < pixels.length; i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                float value = (planes[offset + c * pixels.length + i] + 1) * 127.5f;
                rgb = rgb << 8 | Math.max(0, Math.min(255, Math.round(value)));
            }
            pixels[i] = rgb;
        }
        return image;
    }

    /** The picture as TYPE_INT_RGB in the given size; the same object when it is that already. Transparency becomes black. */
    public static BufferedImage scaled(BufferedImage image, int width, int height) {
        if (image.getWidth() == width && image.getHeight() == height && image.getType() == BufferedImage.TYPE_INT_RGB) {
            return image;
        }
        BufferedImage current = image;
        // halving step by step averages all pixels; one big bilinear step would skip most of them
        while (current.getWidth() >= 2 * width && current.getHeight() >= 2 * height) {
            current = drawn(current, current.getWidth() / 2, current.getHeight() / 2);
        }
        return drawn(current, width, height);
    }

    private static BufferedImage drawn(BufferedImage image, int width, int height) {
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = result.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(image, 0, 0, width, height, null);
        } finally {
            graphics.dispose();
        }
        return result;
    }
}
