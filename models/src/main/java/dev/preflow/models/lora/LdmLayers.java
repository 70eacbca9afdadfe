package dev.preflow.models.lora;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that latent diffusion's own U-Net has for the layers of diffusers': kohya's scripts train SDXL on that one, so
 * most of its LoRAs have them.
 */
final class LdmLayers {

    private static final Pattern BLOCK =
            Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\.(.+)");
    private static final Pattern MIDDLE = Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.+)");
    private static final Map<String, String> RESNET = Map.of(
            "conv1",
            "in_layers.2",
            "time_emb_proj",
            "emb_layers.1",
            "conv2",
            "out_layers.3",
            "conv_shortcut",
            "skip_connection");
    private static final Map<String, String> REST = Map.of(
            "conv_in", "input_blocks.0.0",
            "conv_out", "out.2",
            "time_embedding.linear_1", "time_embed.0",
            "time_embedding.linear_2", "time_embed.2",
            "add_embedding.linear_1", "label_emb.0.0",
            "add_embedding.linear_2", "label_emb.0.2");

    private final Collection<String> paths;
    private final int perBlock;

    /** Learns a U-Net by the names of its layers. */
    LdmLayers(Collection<String> paths) {
        this.paths = paths;
        int layers = 0;
        while (has("down_blocks.0.resnets." + layers + ".")) {
            layers++;
        }
        // every level ends with a change of resolution, or in the decoder with one layer more
        this.perBlock = layers + 1;
    }

    private boolean has(String prefix) {
        return paths.stream().anyMatch(path -> path.startsWith(prefix));
    }

    /** The name of a layer; one that has none there stays as it is. */
    String name(String path) {
        Matcher middle = MIDDLE.matcher(path);
        if (middle.matches()) {
            return middle.group(1).equals("attentions")
                    ? "middle_block.1." + middle.group(3)
                    : "middle_block." + 2 * Integer.parseInt(middle.group(2)) + "." + resnet(middle.group(3));
        }
        Matcher block = BLOCK.matcher(path);
        return block.matches() ? block(block) : REST.getOrDefault(path, path);
    }

    private String block(Matcher block) {
        boolean down = block.group(1).equals("down");
        int level = Integer.parseInt(block.group(2));
        int first = level * perBlock + (down ? 1 : 0);
        int number = first + Integer.parseInt(block.group(4));
        String list = down ? "input_blocks." : "output_blocks.";
        return switch (block.group(3)) {
            case "resnets" -> list + number + ".0." + resnet(block.group(5));
            case "attentions" -> list + number + ".1." + block.group(5);
            case "downsamplers" -> list + (first + perBlock - 1) + ".0.op";
            default ->
                list
                        + (first + perBlock - 1)
                        + (has("up_blocks." + level + ".attentions.") ? ".2." : ".1.")
                        + block.group(5);
        };
    }

    private static String resnet(String layer) {
        return RESNET.getOrDefault(layer, layer);
    }
}
