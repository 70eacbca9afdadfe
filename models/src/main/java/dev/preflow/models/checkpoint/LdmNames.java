package dev.preflow.models.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.weights.StateDict;
import dev.preflow.models.weights.TensorView;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives the tensors of a single-file checkpoint the names that diffusers and transformers have for them, behind the folder
 * that holds each network: {@code unet.}, {@code vae.}, {@code text_encoder.}, {@code text_encoder_2.}. What belongs to none
 * of these, such as a running average of the weights, is left out.
 */
final class LdmNames implements StateDict.Mapping {

    private static final Pattern VAE_BLOCK = Pattern.compile("((?:en|de)coder)\\.(down|up)\\.(\\d{1,3})\\.(.+)");
    private static final Pattern RESBLOCK = Pattern.compile("transformer\\.resblocks\\.(\\d{1,3})\\.(.+)");
    private static final Map<String, String> VAE_ATTENTION =
            Map.of("norm", "group_norm", "q", "to_q", "k", "to_k", "v", "to_v", "proj_out", "to_out.0");

    private final LdmLayout layout;
    private final LdmUNetNames unet;

    LdmNames(LdmLayout layout) {
        this.layout = layout;
        this.unet = new LdmUNetNames(layout.layersPerBlock());
    }

    @Override
    public Map<String, TensorView> targets(String name, Shape shape) {
        if (name.startsWith(LdmLayout.UNET)) {
            return whole("unet." + unet.of(name.substring(LdmLayout.UNET.length())));
        }
        if (name.startsWith(LdmLayout.VAE)) {
            return vae(name.substring(LdmLayout.VAE.length()));
        }
        return switch (layout.family()) {
            case SD1 ->
                name.startsWith(LdmLayout.CLIP)
                        ? clip("text_encoder.", name.substring(LdmLayout.CLIP.length()))
                        : Map.of();
            case SD2 ->
                name.startsWith(LdmLayout.OPEN_CLIP)
                        ? openClip("text_encoder.", name.substring(LdmLayout.OPEN_CLIP.length()))
                        : Map.of();
            case SDXL -> {
                if (name.startsWith(LdmLayout.CLIP_XL)) {
                    yield clip("text_encoder.", name.substring(LdmLayout.CLIP_XL.length()));
                }
                yield name.startsWith(LdmLayout.OPEN_CLIP_XL)
                        ? openClip("text_encoder_2.", name.substring(LdmLayout.OPEN_CLIP_XL.length()))
                        : Map.of();
            }
        };
    }

    private static Map<String, TensorView> whole(String target) {
        return Map.of(target, TensorView.WHOLE);
    }

    /** Attention was written with 1×1 convolutions; decoder levels were numbered from the finest resolution. */
    private Map<String, TensorView> vae(String name) {
        if (name.startsWith("loss.")) {
            return Map.of();
        }
        String target = "vae." + vaeName(name).replace("nin_shortcut", "conv_shortcut");
        boolean matrix = target.contains(".attentions.0.to_") && target.endsWith(".weight");
        return Map.of(target, matrix ? TensorView.MATRIX : TensorView.WHOLE);
    }

    private String vaeName(String name) {
        Matcher block = VAE_BLOCK.matcher(name);
        if (block.matches()) {
            boolean down = block.group(2).equals("down");
            int level = Integer.parseInt(block.group(3));
            return block.group(1) + (down ? ".down_blocks." + level : ".up_blocks." + (layout.vaeLevels() - 1 - level))
                    + "."
                    + block.group(4)
                            .replaceFirst("^block\\.", "resnets.")
                            .replaceFirst("^downsample\\.", "downsamplers.0.")
                            .replaceFirst("^upsample\\.", "upsamplers.0.");
        }
        int attention = name.indexOf(".mid.attn_1.");
        if (attention > 0) {
            String rest = name.substring(attention + ".mid.attn_1.".length());
            String layer = rest.substring(0, Math.max(0, rest.lastIndexOf('.')));
            return name.substring(0, attention) + ".mid_block.attentions.0." + VAE_ATTENTION.getOrDefault(layer, layer)
                    + rest.substring(layer.length());
        }
        return name.replace(".mid.block_1.", ".mid_block.resnets.0.")
                .replace(".mid.block_2.", ".mid_block.resnets.1.")
                .replace("coder.norm_out.", "coder.conv_norm_out.");
    }

    private static Map<String, TensorView> clip(String prefix, String name) {
        if (name.endsWith("position_ids")) {
            return Map.of();
        }
        return whole(prefix + (name.startsWith("text_model.") ? name : "text_model." + name));
    }

    /** OpenCLIP joins the three projections of an attention and stores the text's projection for the other side. */
    private Map<String, TensorView> openClip(String prefix, String name) {
        String model = prefix + "text_model.";
        Matcher block = RESBLOCK.matcher(name);
        if (block.matches()) {
            int layer = Integer.parseInt(block.group(1));
            boolean unused = layout.family() == Family.SD2 && layer == layout.openClipLayers() - 1;
            return unused ? Map.of() : layer(model + "encoder.layers." + layer + ".", block.group(2));
        }
        boolean projects = layout.family() == Family.SDXL;
        return switch (name) {
            case "positional_embedding" -> whole(model + "embeddings.position_embedding.weight");
            case "token_embedding.weight" -> whole(model + "embeddings.token_embedding.weight");
            case "text_projection" ->
                projects ? Map.of(prefix + "text_projection.weight", TensorView.TRANSPOSED) : Map.of();
            case "text_projection.weight" -> projects ? whole(prefix + name) : Map.of();
            case "logit_scale", "attn_mask" -> Map.of();
            default -> whole(model + name.replaceFirst("^ln_final\\.", "final_layer_norm."));
        };
    }

    private static Map<String, TensorView> layer(String prefix, String name) {
        if (name.startsWith("attn.in_proj_")) {
            String kind = "_proj." + name.substring("attn.in_proj_".length());
            String attention = prefix + "self_attn.";
            return Map.of(
                    attention + "q" + kind, TensorView.FIRST_THIRD,
                    attention + "k" + kind, TensorView.SECOND_THIRD,
                    attention + "v" + kind, TensorView.LAST_THIRD);
        }
        return whole(prefix
                + name.replaceFirst("^ln_([12])\\.", "layer_norm$1.")
                        .replaceFirst("^mlp\\.c_fc\\.", "mlp.fc1.")
                        .replaceFirst("^mlp\\.c_proj\\.", "mlp.fc2.")
                        .replaceFirst("^attn\\.out_proj\\.", "self_attn.out_proj."));
    }
}
