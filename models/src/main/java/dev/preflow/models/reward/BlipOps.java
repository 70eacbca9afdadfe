package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.TorchScript;

/** The array rearrangements of BLIP, each as one native call; results attach to the first argument's manager. */
final class BlipOps {
    private static final TorchScript SCRIPT = TorchScript.compile("""
              def tokens(self: __torch__.M, x: Tensor, c: Tensor, p: Tensor) -> Tensor:
                y = torch.transpose(torch.flatten(x, 2), 1, 2)
                e = torch.expand(c, [torch.size(x, 0), -1, -1])
                return torch.add(torch.cat([e, y], 1), p)
              def fused(self: __torch__.M, x: Tensor, h: int) -> Tensor:
                y = torch.permute(torch.unflatten(x, 2, [3, h, -1]), [2, 0, 3, 1, 4])
                a = torch.scaled_dot_product_attention(torch.select(y, 0, 0), torch.select(y, 0, 1), torch.select(y, 0, 2))
                return torch.flatten(torch.transpose(a, 1, 2), 2)
              def heads(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, h: int) -> Tensor:
                r = torch.transpose(torch.unflatten(q, 2, [h, -1]), 1, 2)
                s = torch.transpose(torch.unflatten(k, 2, [h, -1]), 1, 2)
                t = torch.transpose(torch.unflatten(v, 2, [h, -1]), 1, 2)
                a = torch.scaled_dot_product_attention(r, s, t)
                return torch.flatten(torch.transpose(a, 1, 2), 2)
              def masked(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, h: int, m: Tensor) -> Tensor:
                r = torch.transpose(torch.unflatten(q, 2, [h, -1]), 1, 2)
                s = torch.transpose(torch.unflatten(k, 2, [h, -1]), 1, 2)
                t = torch.transpose(torch.unflatten(v, 2, [h, -1]), 1, 2)
                a = torch.scaled_dot_product_attention(r, s, t, m, 0., False)
                return torch.flatten(torch.transpose(a, 1, 2), 2)
              def first(self: __torch__.M, x: Tensor) -> Tensor:
                return torch.narrow(x, 1, 0, 1)
              def patches(self: __torch__.M, x: Tensor) -> Tensor:
                return torch.flatten(torch.narrow(x, 1, 1, torch.sub(torch.size(x, 1), 1)), 0, 1)
              def gaps(self: __torch__.M, s: Tensor, b: Tensor, w: Tensor) -> Tensor:
                return torch.sub(torch.index_select(s, 0, b), torch.index_select(s, 0, w))
              def positions(self: __torch__.M, x: Tensor, g: int, n: int) -> Tensor:
                y = torch.transpose(torch.narrow(x, 1, 1, torch.mul(g, g)), 1, 2)
                z = torch.upsample_bicubic2d(torch.unflatten(y, 2, [g, g]), [n, n], False)
                return torch.cat([torch.narrow(x, 1, 0, 1), torch.transpose(torch.flatten(z, 2), 1, 2)], 1)
              def crop(self: __torch__.M, x: Tensor, t: int, l: int, n: int) -> Tensor:
                return torch.narrow(torch.narrow(x, 2, t, n), 3, l, n)
            """);

    private BlipOps() {}

    /** Patches [B, W, g, g] as a sequence behind the class token, with positions: [B, 1 + g·g, W]. */
    static NDArray tokens(NDArray patches, NDArray classToken, NDArray positions) {
        return SCRIPT.call("tokens", patches, classToken, positions);
    }

    /** Self-attention of jointly projected queries, keys and values [B, N, 3W]. */
    static NDArray selfAttention(NDArray qkv, int heads) {
        return SCRIPT.call("fused", qkv, heads);
    }

    /** Attention of [B, N, W] to [B, M, W]. */
    static NDArray attention(NDArray query, NDArray key, NDArray value, int heads) {
        return SCRIPT.call("heads", query, key, value, heads);
    }

    /** Attention with a mask [B, 1, 1, M] that is added to the logits. */
    static NDArray maskedAttention(NDArray query, NDArray key, NDArray value, int heads, NDArray mask) {
        return SCRIPT.call("masked", query, key, value, heads, mask);
    }

    /** The first position of a sequence: [B, N, W] to [B, 1, W]. */
    static NDArray first(NDArray sequence) {
        return SCRIPT.call("first", sequence);
    }

    /** The tokens [B, 1 + N, W] behind the class token's, as [B·N, W]. */
    static NDArray patches(NDArray tokens) {
        return SCRIPT.call("patches", tokens);
    }

    /** By how much some entries of a vector exceed others. */
    static NDArray gaps(NDArray scores, int[] better, int[] worse) {
        return SCRIPT.call("gaps", scores, indices(scores, better), indices(scores, worse));
    }

    /** A position table [1, 1 + grid², W] for another grid, resized by bicubic interpolation behind its first row. */
    static NDArray resizePositions(NDArray table, long grid, long newGrid) {
        return SCRIPT.call("positions", table, grid, newGrid);
    }

    /** The square of the given side whose upper left corner is at (top, left). */
    static NDArray crop(NDArray images, long top, long left, long side) {
        return SCRIPT.call("crop", images, top, left, side);
    }

    private static NDArray indices(NDArray like, int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return like.getManager().create(wide);
    }
}
