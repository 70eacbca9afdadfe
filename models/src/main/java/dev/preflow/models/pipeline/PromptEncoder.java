package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.text.TextStates;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.MicroConditioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Prompts to what conditions the U-Net. Stable Diffusion 1.x and 2.x have one text encoder and take its last hidden state.
 * SDXL has two, takes the hidden states before their last layers side by side, and adds the pooled text of the last encoder,
 * which projects, and the image's sizes. SDXL's refiner has the second of them only.
 *
 * @param texts the text encoders, in diffusers' order
 * @param forceZerosForEmptyPrompt whether an absent prompt is all zeros, rather than an empty text
 */
public record PromptEncoder(List<Text> texts, boolean forceZerosForEmptyPrompt) {

    /** What follows the names of the second encoder's folders. */
    static final String SECOND = "_2";

    private static final String PREFIX = "text_encoder";

    /**
     * A text encoder.
     *
     * @param encoder the network
     * @param tokenizer its tokenizer
     */
    public record Text(ClipTextEncoder encoder, ClipTokenizer tokenizer) {

        /** Checks that the parts fit together. */
        public Text {
            if (tokenizer.vocabularySize() > encoder.config().vocabSize()) {
                throw new IllegalArgumentException("The tokenizer has " + tokenizer.vocabularySize()
                        + " tokens, the text encoder only " + encoder.config().vocabSize());
            }
        }

        private NDArray ids(NDManager manager, List<String> prompts) {
            int length = tokenizer.maxLength();
            long[] ids = new long[prompts.size() * length];
            for (int i = 0; i < prompts.size(); i++) {
                int[] encoded = tokenizer.encode(prompts.get(i));
                for (int j = 0; j < length; j++) {
                    ids[i * length + j] = encoded[j];
                }
            }
            return manager.create(ids, new Shape(prompts.size(), length));
        }
    }

    /** Checks that the encoders fit together. */
    public PromptEncoder {
        texts = List.copyOf(texts);
        for (int i = 0; i < texts.size(); i++) {
            boolean projects = texts.get(i).encoder().config().projects();
            if (projects && i < texts.size() - 1 || !projects && i == texts.size() - 1 && i > 0) {
                throw new IllegalArgumentException(
                        "Of two text encoders the last is a CLIPTextModelWithProjection, the first is not");
            }
        }
    }

    /** The form of Stable Diffusion 1.x and 2.x. */
    public static PromptEncoder of(ClipTextEncoder encoder, ClipTokenizer tokenizer) {
        return new PromptEncoder(List.of(new Text(encoder, tokenizer)), false);
    }

    /** The prefix of an encoder's parameters in a policy, which is also its folder in a diffusers directory. */
    String prefix(int index) {
        return prefix(index, onlySecond());
    }

    /** The same before the encoders are made, of a pipeline that has both or {@linkplain #onlySecond() only the second}. */
    static String prefix(int index, boolean onlySecond) {
        return index == 0 && !onlySecond ? PREFIX : PREFIX + SECOND;
    }

    /** Whether SDXL's first text encoder is missing, as it is in the refiner. */
    boolean onlySecond() {
        return texts.size() == 1 && pools();
    }

    /** Whether the last encoder's pooled text and the image's sizes are part of the conditioning. */
    public boolean pools() {
        return last().encoder().config().projects();
    }

    /** Channels of the hidden states. */
    public int channels() {
        return texts.stream()
                .mapToInt(text -> text.encoder().config().hiddenSize())
                .sum();
    }

    /** Channels of the pooled text. */
    public int pooledChannels() {
        return last().encoder().config().projectionDim();
    }

    private Text last() {
        return texts.get(texts.size() - 1);
    }

    void init(Parameters policy, long seed) {
        for (int i = 0; i < texts.size(); i++) {
            texts.get(i).encoder().init(policy.scope(prefix(i)), seed + i);
        }
    }

    /** The names and shapes of the encoders' parameters in a policy. */
    Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new TreeMap<>();
        for (int i = 0; i < texts.size(); i++) {
            String prefix = prefix(i) + ".";
            texts.get(i).encoder().shapes().forEach((name, shape) -> shapes.put(prefix + name, shape));
        }
        return shapes;
    }

    /**
     * The conditioning of prompts, of which null ones are absent. Equal prompts are encoded once.
     *
     * @param manager the result attaches to it
     * @param images what to tell SDXL of each prompt's image
     */
    Conditioning encode(
            Parameters policy, NDManager manager, List<@Nullable String> prompts, List<MicroConditioning> images) {
        List<@Nullable String> distinct = new ArrayList<>(new LinkedHashSet<>(prompts));
        List<String> spelled =
                distinct.stream().map(prompt -> prompt == null ? "" : prompt).toList();
        List<TextStates> encoded = IntStream.range(0, texts.size())
                .mapToObj(i -> states(texts.get(i), policy.scope(prefix(i)), manager, spelled))
                .toList();
        NDArray states = encoded.stream()
                .map(TextStates::states)
                .reduce((one, other) -> one.concat(other, 2))
                .orElseThrow();
        NDArray pooled = encoded.get(encoded.size() - 1).pooled();
        states = spread(states, distinct, prompts);
        return pooled == null
                ? Conditioning.of(states)
                : new Conditioning(
                        states,
                        new Conditioning.Addition(
                                spread(pooled, distinct, prompts), MicroConditioning.timeIds(images)));
    }

    private TextStates states(Text text, Scope p, NDManager manager, List<String> prompts) {
        NDArray ids = text.ids(manager, prompts);
        return pools()
                ? text.encoder().penultimate(p, ids)
                : new TextStates(text.encoder().forward(p, ids), null);
    }

    /** One row for each prompt from one for each distinct prompt. */
    private NDArray spread(NDArray rows, List<@Nullable String> distinct, List<@Nullable String> prompts) {
        NDArray present = rows;
        int absent = distinct.indexOf(null);
        if (forceZerosForEmptyPrompt && absent >= 0) {
            float[] mask = new float[distinct.size()];
            Arrays.fill(mask, 1);
            mask[absent] = 0;
            long[] shape = new long[rows.getShape().dimension()];
            Arrays.fill(shape, 1);
            shape[0] = mask.length;
            present = rows.mul(rows.getManager().create(mask, new Shape(shape)));
        }
        return distinct.size() == prompts.size()
                ? present
                : Ops.rows(
                        present, prompts.stream().mapToLong(distinct::indexOf).toArray());
    }
}
