package dev.preflow.models.lora;

import dev.preflow.models.tensor.Parameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The spellings under which LoRA files know a policy's layers. */
final class LoraNames {

    private static final String UNET = "unet";
    private static final String TEXT_ENCODER = "text_encoder";
    private static final String SECOND_TEXT_ENCODER = "text_encoder_2";
    private static final String TEXT_ROOT = "text_model.";

    /** A layer's name and what follows it: peft's, kohya's and two older forms of diffusers. */
    private static final Pattern KEY = Pattern.compile("(?:base_model\\.model\\.)?(.+?)(?:"
            + "\\.lora_(?<peft>[AB])(?:\\.default)?\\.weight"
            + "|\\.lora_(?<kohya>down|up)\\.weight"
            + "|(?:\\.lora|\\.lora_linear_layer|_lora)\\.(?<old>down|up)\\.weight"
            + "|\\.(?<alpha>alpha))");

    private final Map<String, String> layers = new HashMap<>();
    private final boolean twoTextEncoders;

    /**
     * One tensor of a file.
     *
     * @param layer the layer as the file spells it
     * @param part the parameter below the layer's scope
     */
    record Key(String layer, String part) {}

    /** Learns the layers of a policy. */
    LoraNames(Parameters base) {
        List<String> names = Lora.layers(base);
        twoTextEncoders = names.stream().anyMatch(name -> component(name).equals(SECOND_TEXT_ENCODER));
        LdmLayers ldm = new LdmLayers(names.stream()
                .filter(name -> component(name).equals(UNET))
                .map(LoraNames::path)
                .toList());
        for (String name : names) {
            if (component(name).equals(UNET)) {
                add("lora_unet" + flat(ldm.name(path(name))), name);
            }
            for (String path : List.of(path(name), shortPath(name))) {
                add(component(name) + "." + path, name);
                add(path, name);
                kohyaPrefixes(component(name)).forEach(prefix -> add(prefix + flat(path), name));
            }
        }
    }

    private void add(String spelling, String layer) {
        layers.putIfAbsent(spelling, layer);
    }

    /** The part of the policy that a layer belongs to, such as {@code unet}. */
    static String component(String layer) {
        return layer.substring(0, layer.indexOf('.'));
    }

    /** A layer's name within its part of the policy. */
    static String path(String layer) {
        return layer.substring(layer.indexOf('.') + 1);
    }

    /** The same without the root that newer versions of transformers leave out: the end that all versions share. */
    static String shortPath(String layer) {
        String path = path(layer);
        return path.startsWith(TEXT_ROOT) ? path.substring(TEXT_ROOT.length()) : path;
    }

    /** The name in kohya's form, without a part's ending. */
    String kohya(String layer) {
        List<String> prefixes = kohyaPrefixes(component(layer));
        return prefixes.get(twoTextEncoders ? prefixes.size() - 1 : 0) + flat(path(layer));
    }

    /** A text encoder is numbered where there are two; some tools number a single one too. */
    private static List<String> kohyaPrefixes(String component) {
        return switch (component) {
            case UNET -> List.of("lora_unet");
            case TEXT_ENCODER -> List.of("lora_te", "lora_te1");
            case SECOND_TEXT_ENCODER -> List.of("lora_te2");
            default -> List.of();
        };
    }

    private static String flat(String path) {
        return "_" + path.replace('.', '_');
    }

    /** Splits a tensor's name; null if it is no part of an adapter. */
    static @Nullable Key parse(String name) {
        Matcher matcher = KEY.matcher(name);
        if (!matcher.matches()) {
            return null;
        }
        String layer = matcher.group(1);
        if (matcher.group("alpha") != null) {
            return new Key(layer, LoraLayer.ALPHA);
        }
        String old = matcher.group("old");
        String direction = old != null ? old : matcher.group("kohya");
        boolean down = direction == null ? "A".equals(matcher.group("peft")) : direction.equals("down");
        return new Key(old == null ? layer : modern(layer), down ? LoraLayer.DOWN : LoraLayer.UP);
    }

    /** Attention processors once had the adapters, and text encoders were named after the U-Net's projections. */
    private static String modern(String layer) {
        if (layer.contains(".self_attn.to_")) {
            return layer.replace(".to_out", ".out_proj").replaceFirst("\\.to_([qkv])$", ".$1_proj");
        }
        return layer.replace(".processor.", ".").replaceFirst("\\.to_out$", ".to_out.0");
    }

    /** The layer that is spelled so, or null if the policy has none. */
    @Nullable
    String layer(String spelled) {
        return layers.get(spelled);
    }
}
