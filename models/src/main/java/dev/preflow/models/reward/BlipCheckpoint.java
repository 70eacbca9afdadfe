package dev.preflow.models.reward;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.weights.WeightsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The published forms of ImageReward and BLIP: their names, and what their shapes say of their sizes. */
public final class BlipCheckpoint {

    static final String HEAD = VpScore.HEAD + ".";

    private static final String VISION = VpScore.VISION + ".";
    private static final String TEXT = VpScore.TEXT + ".";
    private static final int HEAD_SIZE = 64;
    private static final int MAX_LENGTH = 35;

    /** What BLIP's pre-training holds beside both encoders: projections, momentum copies, queues, and other heads. */
    private static final Pattern UNUSED = Pattern.compile("(blip\\.)?(vision_proj|text_proj|itm_head|text_decoder"
            + "|\\w+_m|temp|image_queue|text_queue|queue_ptr|ptr_queue|idx_queue|combine_\\w+)(\\..*)?");

    private BlipCheckpoint() {}

    /** VP-Score's name of a stored tensor, or null if it does not use it. */
    public static @Nullable String parameterName(String stored) {
        if (stored.endsWith(".position_ids") || UNUSED.matcher(stored).matches()) {
            return null;
        }
        boolean bare = stored.startsWith("visual_encoder.") || stored.startsWith("text_encoder.");
        return bare ? "blip." + stored : stored;
    }

    /** Whether names are ImageReward's, BLIP's or VP-Score's own. */
    public static boolean recognises(Collection<String> names) {
        return names.stream().anyMatch(name -> (VISION + "cls_token").equals(parameterName(name)));
    }

    /** Whether there is the head that makes a score of the text's class token. */
    public static boolean hasHead(Collection<String> names) {
        return names.stream().anyMatch(name -> name.startsWith(HEAD));
    }

    /**
     * The sizes of a published network. Both transformers have heads of 64 channels, as ViT-B, ViT-L and BERT do; a head's
     * dropout and the scale of scores are ImageReward's.
     *
     * @param shapes by VP-Score's names
     * @throws WeightsException naming the file and the tensor, if they are not those of such a network
     */
    static VpScoreConfig config(Path file, Map<String, Shape> shapes) {
        Shape patch = shape(file, shapes, VISION + "patch_embed.proj.weight", 4);
        Shape positions = shape(file, shapes, VISION + "pos_embed", 3);
        Shape words = shape(file, shapes, TEXT + "embeddings.word_embeddings.weight", 2);
        Shape places = shape(file, shapes, TEXT + "embeddings.position_embeddings.weight", 2);
        int grid = grid(positions);
        int visionWidth = (int) patch.get(0);
        int textWidth = (int) words.get(1);
        if (grid < 1 || visionWidth % HEAD_SIZE != 0 || textWidth % HEAD_SIZE != 0) {
            String problem = "its sizes cannot be told from its tensors (pos_embed %s, widths %d and %d): "
                    + "put VP-Score's config.json beside it";
            throw new WeightsException(file, problem.formatted(positions, visionWidth, textWidth));
        }
        VpScoreConfig published = VpScoreConfig.imageReward();
        List<Integer> head = head(shapes);
        boolean scores = !head.isEmpty();
        int patchSize = (int) patch.get(2);
        return new VpScoreConfig(
                grid * patchSize,
                patchSize,
                List.of(),
                visionWidth,
                depth(shapes, VISION + "blocks."),
                visionWidth / HEAD_SIZE,
                (int) words.get(0),
                textWidth,
                depth(shapes, TEXT + "encoder.layer."),
                textWidth / HEAD_SIZE,
                (int) places.get(0),
                (int) Math.min(MAX_LENGTH, places.get(0)),
                scores ? head : published.headWidths(),
                published.headDropout(),
                scores ? published.scoreMean() : 0,
                scores ? published.scoreStd() : 1);
    }

    /**
     * Side in pixels of the images that a network looks at: its grid of positions times the side of a patch; 0 if they are none.
     *
     * @param shapes gives the shape of a tensor by VP-Score's name, or null
     */
    public static int imageSize(Function<String, @Nullable Shape> shapes) {
        Shape positions = shapes.apply(VISION + "pos_embed");
        Shape patch = shapes.apply(VISION + "patch_embed.proj.weight");
        return positions == null || patch == null || patch.dimension() < 3 ? 0 : grid(positions) * (int) patch.get(2);
    }

    /** Patches per side of a position table [1, 1 + side², width]; 0 if it is none. */
    static int grid(Shape positions) {
        if (positions.dimension() != 3) {
            return 0;
        }
        long patches = positions.get(1) - 1;
        int side = (int) Math.round(Math.sqrt(patches));
        return (long) side * side == patches ? side : 0;
    }

    private static Shape shape(Path file, Map<String, Shape> shapes, String name, int rank) {
        Shape shape = shapes.get(name);
        if (shape == null || shape.dimension() != rank) {
            String found = shape == null ? "is missing" : "has shape " + shape;
            throw new WeightsException(
                    file, "tensor " + name + " " + found + ": it is neither ImageReward, BLIP nor VP-Score");
        }
        return shape;
    }

    private static int depth(Map<String, Shape> shapes, String prefix) {
        return 1
                + shapes.keySet().stream()
                        .filter(name -> name.startsWith(prefix))
                        .map(name -> name.substring(prefix.length()))
                        .mapToInt(rest -> Integer.parseInt(rest.substring(0, rest.indexOf('.'))))
                        .max()
                        .orElse(-1);
    }

    /** The outputs of the head's linear layers, in order. */
    private static List<Integer> head(Map<String, Shape> shapes) {
        Pattern weight = Pattern.compile("mlp\\.layers\\.(\\d+)\\.weight");
        Map<Integer, Integer> widths = new TreeMap<>();
        shapes.forEach((name, shape) -> {
            Matcher layer = weight.matcher(name);
            if (layer.matches()) {
                widths.put(Integer.parseInt(layer.group(1)), (int) shape.get(0));
            }
        });
        return new ArrayList<>(widths.values());
    }
}
