package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import dev.preflow.models.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * VP-Score (PAPER 3.1), of ImageReward's structure and parameter names: BLIP's image encoder, its image-grounded text
 * encoder, and a linear head on the text's class token. Scoring is safe for many threads as long as nobody trains the same
 * parameters.
 */
public final class VpScore implements AutoCloseable {
    static final String VISION = "blip.visual_encoder";
    static final String TEXT = "blip.text_encoder";
    static final String HEAD = "mlp";

    private static final int SCORING_BATCH = 64;

    private final VpScoreConfig config;
    private final WordPieceTokenizer tokenizer;
    private final Parameters parameters;

    /** A network over given parameters, which it owns from now on. */
    VpScore(VpScoreConfig config, WordPieceTokenizer tokenizer, Parameters parameters) {
        if (tokenizer.vocabularySize() != config.vocabSize()) {
            throw new IllegalArgumentException("The vocabulary has " + tokenizer.vocabularySize()
                    + " tokens, but the config's vocab_size is " + config.vocabSize());
        }
        this.config = config;
        this.tokenizer = tokenizer;
        this.parameters = parameters;
    }

    /** A network with random parameters; the same seed gives the same ones. */
    public static VpScore create(VpScoreConfig config, WordPieceTokenizer tokenizer, NDManager parent, long seed) {
        VpScore model = new VpScore(config, tokenizer, new Parameters(parent));
        initialize(config, new Initializer(seed), model.parameters.root());
        return model;
    }

    /** The names and shapes of the parameters of a network of these sizes. */
    static NavigableMap<String, Shape> shapes(VpScoreConfig config) {
        return Initializer.shapes((init, p) -> initialize(config, init, p));
    }

    private static void initialize(VpScoreConfig config, Initializer init, Scope p) {
        new VisionTransformer(config).init(p.scope(VISION), init);
        new ImageGroundedTextEncoder(config).init(p.scope(TEXT), init);
        new ScoreHead(config).init(p.scope(HEAD), init);
    }

    /**
     * Reads a network that scores: the directory that {@link #save} wrote, or a file as ImageReward is published
     * ({@code ImageReward.pt}), with {@code vocab.txt} of its text encoder beside it. Sizes come from the
     * {@code config.json} beside it or, without one, from its tensors.
     *
     * @throws dev.preflow.models.weights.WeightsException naming the file and the tensors, if they are not such a network's
     */
    public static VpScore load(Path source, NDManager parent) throws IOException {
        return VpScoreFiles.load(source, parent, null);
    }

    /**
     * Reads a network to train: as {@link #load} does, but a file without a head, as BLIP is published
     * ({@code model_large.pth}), gets a random one.
     *
     * @param seed of the head's weights
     */
    public static VpScore start(Path source, NDManager parent, long seed) throws IOException {
        return VpScoreFiles.load(source, parent, seed);
    }

    /** Writes the network to a folder, which is created if need be. */
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        config.write(folder.resolve(VpScoreFiles.CONFIG));
        tokenizer.save(folder.resolve(VpScoreFiles.VOCABULARY));
        SafetensorsWriter.write(folder.resolve(VpScoreFiles.WEIGHTS), parameters.asMap(), Map.of("format", "pt"));
    }

    /** The sizes and the scale of scores. */
    public VpScoreConfig config() {
        return config;
    }

    /** The parameters under ImageReward's names. */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * Scores images, each for its text, in batches and without gradients.
     *
     * @return one score per image, on the config's scale
     */
    public float[] score(List<RgbImage> images, List<String> texts) {
        requireTexts(images.size(), texts);
        float[] scores = new float[images.size()];
        try (Autograd off = Autograd.disabled()) {
            for (int from = 0; from < scores.length; from += SCORING_BATCH) {
                int to = Math.min(scores.length, from + SCORING_BATCH);
                try (NDManager scope = parameters.manager().newSubManager()) {
                    NDArray batch = batch(scope, images.subList(from, to));
                    float[] part = scores(batch, texts.subList(from, to)).toFloatArray();
                    System.arraycopy(part, 0, scores, from, part.length);
                }
            }
        }
        return scores;
    }

    /**
     * Scores images, each for its text, on the config's scale; gradients flow to images and parameters (ReFL).
     *
     * @param images values in [0, 1], [B, 3, H, W] of any size
     * @return [B], in the images' manager
     */
    public NDArray scores(NDArray images, List<String> texts) {
        return Ops.scale(rawScores(images, texts, null).sub(config.scoreMean()), 1 / config.scoreStd());
    }

    /**
     * The network's own score, before the config's scale: the sum of the outputs.
     *
     * @param dropout the source of dropout masks in training, or null
     */
    NDArray rawScores(NDArray images, List<String> texts, @Nullable RandomGenerator dropout) {
        return rawScoresOf(imageTokens(images), texts, dropout);
    }

    /** The head's outputs, [B, outputs]. */
    NDArray outputs(NDArray images, List<String> texts, @Nullable RandomGenerator dropout) {
        return outputsOf(imageTokens(images), texts, dropout);
    }

    /** The image encoder's tokens of images in [0, 1]. */
    NDArray imageTokens(NDArray images) {
        NDArray prepared = ImagePreprocessing.normalise(ImagePreprocessing.fit(images, config.imageSize()));
        return new VisionTransformer(config).forward(vision(), prepared);
    }

    /**
     * How badly patches are told apart by words: the cross-entropy of the choices, by the likeness of a patch's token to a word's
     * embedding. Both transformers must have the same width.
     */
    NDArray groundingLoss(NDArray imageTokens, PatchWords words) {
        int count = words.choices().size();
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            ids[i] =
                    tokenizer.encode(words.choices().get(i), config.maxLength()).ids()[1];
        }
        NDManager manager = imageTokens.getManager();
        NDArray table = text().scope("embeddings").scope("word_embeddings").get("weight");
        NDArray embedded = Ops.embedding(manager.create(ids), table);
        NDArray patches = BlipOps.patches(imageTokens);
        NDArray likeness = Ops.scale(Ops.linear(patches, embedded, null), 1 / Math.sqrt(config.textWidth()));
        NDArray weights = manager.create(words.weights(), new Shape(words.right().length, count));
        return Ops.logSoftmax(likeness, 1).mul(weights).sum().neg();
    }

    /** Raw scores of images that are encoded already. */
    NDArray rawScoresOf(NDArray imageTokens, List<String> texts, @Nullable RandomGenerator dropout) {
        NDArray outputs = outputsOf(imageTokens, texts, dropout);
        return config.outputs() == 1 ? outputs.reshape(-1) : outputs.sum(new int[] {1});
    }

    private NDArray outputsOf(NDArray imageTokens, List<String> texts, @Nullable RandomGenerator dropout) {
        requireTexts(Math.toIntExact(imageTokens.getShape().get(0)), texts);
        TextBatch batch = TextBatch.of(imageTokens.getManager(), tokenizer, texts, config.maxLength());
        NDArray hidden = new ImageGroundedTextEncoder(config).forward(text(), batch, imageTokens);
        return new ScoreHead(config).forward(head(), hidden, dropout);
    }

    /** Images as one array in [0, 1] of the network's size. */
    NDArray batch(NDManager manager, List<RgbImage> images) {
        return ImagePreprocessing.batch(manager, images, config.imageSize());
    }

    /**
     * A copy whose scores of the given reference images have mean 0 and standard deviation 1: what a release is.
     *
     * @throws IllegalArgumentException if all reference images have the same score
     */
    public VpScore calibrated(List<RgbImage> images, List<String> texts, NDManager parent) {
        float[] scores = score(images, texts);
        double mean = 0;
        for (float score : scores) {
            mean += score / (double) scores.length;
        }
        double variance = 0;
        for (float score : scores) {
            variance += (score - mean) * (score - mean) / scores.length;
        }
        if (!(variance > 0) || Double.isInfinite(variance)) {
            throw new IllegalArgumentException(
                    "The " + scores.length + " reference scores have variance " + variance + ": they give no scale");
        }
        VpScoreConfig scaled = config.withScale(
                config.scoreMean() + mean * config.scoreStd(), config.scoreStd() * Math.sqrt(variance));
        return new VpScore(scaled, tokenizer, parameters.copy(parent));
    }

    /**
     * This network with another number of outputs, whose sum is what it was: learning each aspect can start from a network that
     * knows one score, and the other way round. It owns the parameters from now on; use this one no more.
     */
    public VpScore withOutputs(int outputs) {
        if (outputs == config.outputs()) {
            return this;
        }
        VpScoreConfig other = config.withOutputs(outputs);
        new ScoreHead(other).spread(parameters);
        return new VpScore(other, tokenizer, parameters);
    }

    /** The same network over other parameters, which the copy owns. */
    VpScore with(Parameters others) {
        return new VpScore(config, tokenizer, others);
    }

    private Scope vision() {
        return parameters.scope(VISION);
    }

    private Scope text() {
        return parameters.scope(TEXT);
    }

    private Scope head() {
        return parameters.scope(HEAD);
    }

    private static void requireTexts(int images, List<String> texts) {
        if (texts.size() != images) {
            throw new IllegalArgumentException(
                    images + " images with " + texts.size() + " texts: give one text per image");
        }
    }

    @Override
    public void close() {
        parameters.close();
    }
}
