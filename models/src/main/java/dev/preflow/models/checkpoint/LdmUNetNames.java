package dev.preflow.models.checkpoint;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of latent diffusion's U-Net as diffusers' {@code UNet2DConditionModel} has them. */
final class LdmUNetNames {

    private static final Pattern BLOCK = Pattern.compile("(input_blocks|output_blocks)\\.(\\d{1,4})\\.(\\d)\\.(.+)");
    private static final Pattern MIDDLE = Pattern.compile("middle_block\\.([012])\\.(.+)");
    private static final Pattern EMBEDDING = Pattern.compile("(time_embed|label_emb\\.0)\\.([02])\\.(.+)");
    private static final Map<String, String> RESNET = Map.of(
            "in_layers.0", "norm1",
            "in_layers.2", "conv1",
            "emb_layers.1", "time_emb_proj",
            "out_layers.0", "norm2",
            "out_layers.3", "conv2",
            "skip_connection", "conv_shortcut");

    private final int layers;

    /** @param layers residual blocks per down block */
    LdmUNetNames(int layers) {
        this.layers = layers;
    }

    /** The name below the U-Net's prefix; one that is no latent diffusion's stays as it is. */
    String of(String name) {
        Matcher block = BLOCK.matcher(name);
        if (block.matches()) {
            int number = Integer.parseInt(block.group(2));
            boolean first = block.group(3).equals("0");
            return block.group(1).equals("input_blocks")
                    ? input(number, first, block.group(4))
                    : output(number, first, block.group(4));
        }
        Matcher middle = MIDDLE.matcher(name);
        if (middle.matches()) {
            int place = Integer.parseInt(middle.group(1));
            return place == 1
                    ? "mid_block.attentions.0." + middle.group(2)
                    : "mid_block.resnets." + place / 2 + "." + resnet(middle.group(2));
        }
        Matcher embedding = EMBEDDING.matcher(name);
        if (embedding.matches()) {
            String target = embedding.group(1).equals("time_embed") ? "time_embedding" : "add_embedding";
            return target + (embedding.group(2).equals("0") ? ".linear_1." : ".linear_2.") + embedding.group(3);
        }
        return name.replaceFirst("^out\\.0\\.", "conv_norm_out.").replaceFirst("^out\\.2\\.", "conv_out.");
    }

    private String input(int number, boolean first, String rest) {
        if (number == 0) {
            return "conv_in." + rest;
        }
        int level = (number - 1) / (layers + 1);
        int layer = (number - 1) % (layers + 1);
        String block = "down_blocks." + level + ".";
        if (layer == layers) {
            return block + "downsamplers.0." + rest.replaceFirst("^op\\.", "conv.");
        }
        return block + (first ? "resnets." + layer + "." + resnet(rest) : "attentions." + layer + "." + rest);
    }

    private String output(int number, boolean first, String rest) {
        int layer = number % (layers + 1);
        String block = "up_blocks." + number / (layers + 1) + ".";
        if (first) {
            return block + "resnets." + layer + "." + resnet(rest);
        }
        // The last layer of a level is followed by the upsampler, behind an attention if there is one.
        return block + (rest.startsWith("conv.") ? "upsamplers.0." : "attentions." + layer + ".") + rest;
    }

    private static String resnet(String rest) {
        int dot = rest.lastIndexOf('.');
        String layer = dot < 0 ? rest : rest.substring(0, dot);
        return RESNET.getOrDefault(layer, layer) + rest.substring(layer.length());
    }
}
