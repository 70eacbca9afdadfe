package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * The operations that the networks are made of, with PyTorch's names and semantics. All keep the graph, and all results
 * attach to the manager of the first argument.
 *
 * <p>Images are N×C×H×W, sequences N×L×C.
 */
public final class Ops {

    private static final TorchScript ATEN = TorchScript.compile(
            method(
                    "group_norm",
                    "x: Tensor, w: Tensor, b: Tensor, g: int, e: float",
                    "torch.group_norm(x, g, w, b, e, True)"),
            method(
                    "group_norm_silu",
                    "x: Tensor, w: Tensor, b: Tensor, g: int, e: float",
                    "torch.silu(torch.group_norm(x, g, w, b, e, True))"),
            method(
                    "layer_norm",
                    "x: Tensor, w: Tensor, b: Tensor, c: int, e: float",
                    "torch.layer_norm(x, [c], w, b, e, True)"),
            method("silu", "x: Tensor", "torch.silu(x)"),
            method("gelu", "x: Tensor", "torch.gelu(x)"),
            method("quick_gelu", "x: Tensor", "torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))"),
            method("linear", "x: Tensor, w: Tensor", "torch.linear(x, w)"),
            method("linear_bias", "x: Tensor, w: Tensor, b: Tensor", "torch.linear(x, w, b)"),
            method("conv2d", "x: Tensor, w: Tensor, s: int, p: int", "torch.conv2d(x, w, None, [s, s], [p, p])"),
            method(
                    "conv2d_bias",
                    "x: Tensor, w: Tensor, b: Tensor, s: int, p: int",
                    "torch.conv2d(x, w, b, [s, s], [p, p])"),
            method("pad", "x: Tensor, l: int, r: int, t: int, b: int", "torch.constant_pad_nd(x, [l, r, t, b], 0.)"),
            method("upsample", "x: Tensor, h: int, w: int", "torch.upsample_nearest2d(x, [h, w])"),
            method(
                    "bicubic",
                    "x: Tensor, h: int, w: int",
                    "torch.clamp(torch._upsample_bicubic2d_aa(x, [h, w], False), 0., 1.)"),
            method(
                    "attention",
                    "q: Tensor, k: Tensor, v: Tensor, c: bool",
                    "torch.scaled_dot_product_attention(q, k, v, None, 0., c)"),
            method(
                    "attention_mask",
                    "q: Tensor, k: Tensor, v: Tensor, m: Tensor",
                    "torch.scaled_dot_product_attention(q, k, v, m, 0., False)"),
            method(
                    "heads",
                    "q: Tensor, k: Tensor, v: Tensor, h: int, c: bool",
                    "torch.flatten(torch.transpose(torch.scaled_dot_product_attention("
                            + "torch.transpose(torch.unflatten(q, 2, [h, -1]), 1, 2), "
                            + "torch.transpose(torch.unflatten(k, 2, [h, -1]), 1, 2), "
                            + "torch.transpose(torch.unflatten(v, 2, [h, -1]), 1, 2), None, 0., c), 1, 2), 2)"),
            // one split rather than two views: their gradients are joined in one pass, not padded with zeros and added
            "  def geglu(self: __torch__.M, x: Tensor) -> Tensor:\n    halves = torch.chunk(x, 2, -1)\n"
                    + "    return torch.mul(halves[0], torch.gelu(halves[1]))\n",
            method("rows", "x: Tensor, i: Tensor", "torch.index_select(x, 0, i)"),
            method("scale", "x: Tensor, f: float", "torch.mul(x, f)"),
            method("softmax", "x: Tensor, d: int", "torch.softmax(x, d)"),
            method("log_softmax", "x: Tensor, d: int", "torch.log_softmax(x, d)"),
            method("log_sigmoid", "x: Tensor", "torch.log_sigmoid(x)"),
            method("embedding", "i: Tensor, w: Tensor", "torch.embedding(w, i)"),
            method("clamp", "x: Tensor, l: float, h: float", "torch.clamp(x, l, h)"),
            method("minimum", "a: Tensor, b: Tensor", "torch.minimum(a, b)"),
            method("maximum", "a: Tensor, b: Tensor", "torch.maximum(a, b)"),
            method("cast", "x: Tensor, t: int", "torch.to(x, t)"),
            method("alias", "x: Tensor", "torch.alias(x)"));

    private Ops() {}

    private static String method(String name, String parameters, String expression) {
        return "  def " + name + "(self: __torch__.M, " + parameters + ") -> Tensor:\n    return " + expression + "\n";
    }

    /** Group normalisation over an image's channel groups, scaled by {@code weight} and shifted by {@code bias} (C). */
    public static NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
        return ATEN.call("group_norm", x, weight, bias, groups, epsilon);
    }

    /** Group normalisation followed by SiLU. */
    public static NDArray groupNormSilu(NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
        return ATEN.call("group_norm_silu", x, weight, bias, groups, epsilon);
    }

    /** Layer normalisation over the last dimension. */
    public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
        return ATEN.call("layer_norm", x, weight, bias, weight.size(), epsilon);
    }

    /** x · sigmoid(x). */
    public static NDArray silu(NDArray x) {
        return ATEN.call("silu", x);
    }

    /** The exact GELU (by the error function). */
    public static NDArray gelu(NDArray x) {
        return ATEN.call("gelu", x);
    }

    /** x · sigmoid(1.702 x): the GELU approximation of OpenAI's CLIP. */
    public static NDArray quickGelu(NDArray x) {
        return ATEN.call("quick_gelu", x);
    }

    /** x · weightᵀ + bias over the last dimension; weight is out×in. */
    public static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return bias == null ? ATEN.call("linear", x, weight) : ATEN.call("linear_bias", x, weight, bias);
    }

    /** 2-D convolution; weight is out×in×k×k, padding is the same on all sides. */
    public static NDArray conv2d(NDArray x, NDArray weight, @Nullable NDArray bias, int stride, int padding) {
        return bias == null
                ? ATEN.call("conv2d", x, weight, stride, padding)
                : ATEN.call("conv2d_bias", x, weight, bias, stride, padding);
    }

    /** Pads an image with zeros. */
    public static NDArray pad(NDArray x, int left, int right, int top, int bottom) {
        return ATEN.call("pad", x, left, right, top, bottom);
    }

    /** Nearest-neighbour upsampling of an image to a height and width. */
    public static NDArray upsampleNearest(NDArray x, long height, long width) {
        return ATEN.call("upsample", x, height, width);
    }

    /** Nearest-neighbour upsampling of an image to twice its height and width. */
    public static NDArray upsampleNearest2x(NDArray x) {
        return upsampleNearest(x, 2 * x.getShape().get(2), 2 * x.getShape().get(3));
    }

    /** Antialiased bicubic resizing of an image in [0, 1] to a height and width, clamped to that range. */
    public static NDArray resizeBicubic(NDArray x, long height, long width) {
        return ATEN.call("bicubic", x, height, width);
    }

    /** softmax(q·kᵀ/√d)·v over N×heads×L×d. */
    public static NDArray scaledDotProductAttention(NDArray q, NDArray k, NDArray v) {
        return ATEN.call("attention", q, k, v, false);
    }

    /** Attention in which a position sees only itself and earlier ones. */
    public static NDArray causalAttention(NDArray q, NDArray k, NDArray v) {
        return ATEN.call("attention", q, k, v, true);
    }

    /**
     * Attention with a mask that broadcasts to N×heads×Lq×Lk: a boolean one (true takes part) or a float one that is added to
     * the scores.
     */
    public static NDArray maskedAttention(NDArray q, NDArray k, NDArray v, NDArray mask) {
        return ATEN.call("attention_mask", q, k, v, mask);
    }

    /**
     * Multi-head attention of projected sequences N×L×C, whose channels are split into heads and joined again.
     *
     * @param causal whether a position sees only itself and earlier ones
     */
    public static NDArray multiHeadAttention(NDArray q, NDArray k, NDArray v, int heads, boolean causal) {
        return ATEN.call("heads", q, k, v, heads, causal);
    }

    /** The first half of the last dimension times the GELU of the second half (Shazeer 2020). */
    public static NDArray geglu(NDArray x) {
        return ATEN.call("geglu", x);
    }

    /**
     * {@code x} times a number. Not {@code x.mul(number)}: DJL puts the number into Java's memory, which the garbage collector
     * may take back before the backward pass reads it.
     */
    public static NDArray scale(NDArray x, double factor) {
        return ATEN.call("scale", x, factor);
    }

    /** The given entries of the first dimension, in the given order, with repetition. */
    public static NDArray rows(NDArray x, long... indices) {
        // Not closed here: the backward pass reads the indices again.
        NDArray index = x.getManager().create(indices);
        return ATEN.call("rows", x, index);
    }

    /** Softmax along a dimension; negative ones count from the end. */
    public static NDArray softmax(NDArray x, int dimension) {
        return ATEN.call("softmax", x, dimension);
    }

    /** Logarithm of the softmax along a dimension, without its overflow. */
    public static NDArray logSoftmax(NDArray x, int dimension) {
        return ATEN.call("log_softmax", x, dimension);
    }

    /** log(sigmoid(x)) without overflow: the Bradley–Terry log-likelihood of a difference of scores. */
    public static NDArray logSigmoid(NDArray x) {
        return ATEN.call("log_sigmoid", x);
    }

    /** Rows of {@code weight} (V×C) by integer ids of any shape. */
    public static NDArray embedding(NDArray ids, NDArray weight) {
        return ATEN.call("embedding", ids, weight);
    }

    /** Values below {@code low} become it, those above {@code high} become that; their gradient is zero. */
    public static NDArray clamp(NDArray x, double low, double high) {
        return ATEN.call("clamp", x, low, high);
    }

    /** Element-wise minimum. */
    public static NDArray minimum(NDArray a, NDArray b) {
        return ATEN.call("minimum", a, b);
    }

    /** Element-wise maximum. */
    public static NDArray maximum(NDArray a, NDArray b) {
        return ATEN.call("maximum", a, b);
    }

    /**
     * Casts without leaving the graph, which DJL's {@code toType} does.
     *
     * @param type FLOAT16, FLOAT32, FLOAT64 or INT64
     * @return {@code x} itself if it has that type
     */
    public static NDArray cast(NDArray x, DataType type) {
        return x.getDataType() == type ? x : ATEN.call("cast", x, scalarType(type));
    }

    /** The same values in the same memory, as an array that can be attached elsewhere; gradients flow through. */
    public static NDArray alias(NDArray x) {
        return ATEN.call("alias", x);
    }

    /** PyTorch's number of a data type. */
    private static int scalarType(DataType type) {
        switch (type) {
            case INT64:
                return 4;
            case FLOAT16:
                return 5;
            case FLOAT32:
                return 6;
            case FLOAT64:
                return 7;
            default:
                throw new IllegalArgumentException("No cast to " + type + "; give FLOAT16, FLOAT32, FLOAT64 or INT64");
        }
    }
}
