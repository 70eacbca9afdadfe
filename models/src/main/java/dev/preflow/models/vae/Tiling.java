package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Maps an image of any size tile by tile, in the memory of one tile: diffusers' {@code tiled_decode} and
 * {@code tiled_encode}. Tiles overlap by a quarter, over which one is faded into the next. The result differs a little from
 * that of the whole image, whose normalisations and attention see all of it.
 *
 * @param from side of a tile of the input
 * @param to side of what a tile becomes
 */
record Tiling(int from, int to) {

    private static final double OVERLAP = 0.25;

    /**
     * Maps all tiles.
     *
     * @param x N×C×H×W
     * @param network maps N×C×h×w, with sides of at most {@code from}, to an array in the proportion of {@code to}
     * @return in the input's manager
     */
    NDArray map(NDArray x, UnaryOperator<NDArray> network) {
        int step = (int) (from * (1 - OVERLAP));
        int fade = (int) (to * OVERLAP);
        int kept = to - fade;
        NDList rows = new NDList();
        List<NDArray> above = List.of();
        for (long top = 0; top < x.getShape().get(2); top += step) {
            List<NDArray> row = new ArrayList<>();
            NDList shown = new NDList();
            for (long left = 0; left < x.getShape().get(3); left += step) {
                NDArray tile = x.get(new NDIndex(
                        ":, :, {}:{}, {}:{}",
                        top,
                        Math.min(top + from, x.getShape().get(2)),
                        left,
                        Math.min(left + from, x.getShape().get(3))));
                NDArray mapped = Execution.SCOPED.run(in -> network.apply(in.get(0)), tile);
                if (!above.isEmpty()) {
                    mapped = faded(above.get(row.size()), mapped, 2, fade);
                }
                if (!row.isEmpty()) {
                    mapped = faded(row.get(row.size() - 1), mapped, 3, fade);
                }
                row.add(mapped);
                shown.add(mapped.get(new NDIndex(":, :, :{}, :{}", kept, kept)));
            }
            rows.add(NDArrays.concat(shown, 3));
            above = row;
        }
        return NDArrays.concat(rows, 2);
    }

    /** The next tile, whose first rows or columns come gradually out of the last ones of the tile before. */
    private static NDArray faded(NDArray before, NDArray next, int axis, int fade) {
        long had = before.getShape().get(axis);
        long has = next.getShape().get(axis);
        long extent = Math.min(Math.min(had, has), fade);
        NDArray share = Ops.scale(next.getManager().arange(0f, extent, 1f), 1.0 / extent)
                .reshape(axis == 2 ? new Shape(1, 1, extent, 1) : new Shape(1, 1, 1, extent));
        NDArray over = part(before, axis, had - extent, had)
                .mul(share.neg().add(1))
                .add(part(next, axis, 0, extent).mul(share));
        return extent == has ? over : over.concat(part(next, axis, extent, has), axis);
    }

    private static NDArray part(NDArray x, int axis, long begin, long end) {
        return x.get(axis == 2 ? new NDIndex(":, :, {}:{}", begin, end) : new NDIndex(":, :, :, {}:{}", begin, end));
    }
}
