package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import dev.preflow.models.weights.StateDict;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads VP-Score from Preflow's own directory, and from the one file in which ImageReward and BLIP are published. */
final class VpScoreFiles {
    static final String CONFIG = "config.json";
    static final String VOCABULARY = "vocab.txt";
    static final String WEIGHTS = "model.safetensors";

    private static final String POSITIONS = "blip.visual_encoder.pos_embed";

    private VpScoreFiles() {}

    /**
     * Reads a network.
     *
     * @param source a directory, or a weights file beside a vocabulary and perhaps a config
     * @param headSeed where the random weights of a head come from if the file has none; null refuses it
     */
    static VpScore load(Path source, NDManager parent, @Nullable Long headSeed) throws IOException {
        Path weights = Files.isDirectory(source) ? source.resolve(WEIGHTS) : source;
        try (StateDict dict =
                StateDict.open(weights, List.of(weights), StateDict.Mapping.names(BlipCheckpoint::parameterName))) {
            VpScoreConfig config = config(weights, dict);
            WordPieceTokenizer tokenizer = vocabulary(weights);
            boolean headless = !BlipCheckpoint.hasHead(dict.shapes().keySet());
            if (headless && headSeed == null) {
                throw new WeightsException(
                        weights, "it has no head (mlp.layers), so it cannot score; learning can start from it");
            }
            dict.require(expected(config, dict, headless));
            Parameters parameters = new Parameters(parent);
            try {
                dict.readInto(parameters.root());
                if (headless) {
                    new ScoreHead(config).init(parameters.scope(VpScore.HEAD), new Initializer(headSeed));
                }
                fitPositions(parameters, config);
                return new VpScore(config, tokenizer, parameters);
            } catch (RuntimeException e) {
                parameters.close();
                throw e;
            }
        }
    }

    private static VpScoreConfig config(Path weights, StateDict dict) {
        Path file = weights.resolveSibling(CONFIG);
        return Files.exists(file) ? VpScoreConfig.read(file) : BlipCheckpoint.config(weights, dict.shapes());
    }

    private static WordPieceTokenizer vocabulary(Path weights) throws IOException {
        Path file = weights.resolveSibling(VOCABULARY);
        if (!Files.exists(file)) {
            throw new IOException("There is no " + VOCABULARY + " beside " + weights
                    + ": put the one of bert-base-uncased there, which BLIP and ImageReward use");
        }
        return WordPieceTokenizer.load(file);
    }

    /** What the network needs, with the position table in the size that the file has: it is resized after reading. */
    private static NavigableMap<String, Shape> expected(VpScoreConfig config, StateDict dict, boolean headless) {
        NavigableMap<String, Shape> expected = new TreeMap<>(VpScore.shapes(config));
        Shape positions = dict.shapes().get(POSITIONS);
        if (positions != null && BlipCheckpoint.grid(positions) > 0) {
            expected.put(POSITIONS, new Shape(1, positions.get(1), config.visionWidth()));
        }
        if (headless) {
            expected.keySet().removeIf(name -> name.startsWith(BlipCheckpoint.HEAD));
        }
        return expected;
    }

    /** BLIP's way to another resolution: the table of patches is resized as an image, the class token's row stays. */
    private static void fitPositions(Parameters parameters, VpScoreConfig config) {
        NDArray table = parameters.get(POSITIONS);
        if (table.getShape().get(1) == config.imageTokens()) {
            return;
        }
        try (Autograd off = Autograd.disabled()) {
            parameters.replace(
                    POSITIONS,
                    BlipOps.resizePositions(
                            table, BlipCheckpoint.grid(table.getShape()), config.imageSize() / config.patchSize()));
        }
    }
}
