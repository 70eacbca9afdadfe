package dev.preflow.demo.render;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** Separable Gaussian blur with repeated border pixels. */
public final class GaussianBlur {
    private GaussianBlur() {}

    /**
     * Blurs a TYPE_INT_RGB image in place.
     *
     * @param sigma standard deviation in pixels, above 0
     */
    public static void apply(BufferedImage image, double sigma) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        float[] kernel = kernel(sigma);
        for (int shift = 0; shift <= 16; shift += 8) {
            float[] plane = new float[pixels.length];
            for (int i = 0; i < plane.length; i++) {
                plane[i] = pixels[i] >> shift & 255;
            }
            plane = transposedRows(plane, width, height, kernel);
            plane = transposedRows(plane, height, width, kernel);
            for (int i = 0; i < plane.length; i++) {
                pixels[i] = pixels[i] & ~(255 << shift) | Math.round(plane[i]) << shift;
            }
        }
    }

    private static float[] kernel(double sigma) {
        int reach = (int) Math.ceil(2.5 * sigma);
        float[] kernel = new float[2 * reach + 1];
        double sum = 0;
        for (int i = -reach; i <= reach; i++) {
            sum += Math.exp(-i * i / (2 * sigma * sigma));
        }
        for (int i = -reach; i <= reach; i++) {
            kernel[i + reach] = (float) (Math.exp(-i * i / (2 * sigma * sigma)) / sum);
        }
        return kernel;
    }

    /** Filters the rows and writes them as columns, so that two calls filter both ways. */
    private static float[] transposedRows(float[] in, int width, int height, float[] kernel) {
        int reach = kernel.length / 2;
        float[] out = new float[in.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float sum = 0;
                for (int k = -reach; k <= reach; k++) {
                    sum += kernel[k + reach] * in[y * width + Math.max(0, Math.min(width - 1, x + k))];
                }
                out[x * height + y] = sum;
            }
        }
        return out;
    }
}
