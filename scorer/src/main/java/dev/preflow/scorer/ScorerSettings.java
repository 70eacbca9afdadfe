package dev.preflow.scorer;

import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings of the preference store, of VP-Score's training and of its serving. What is absent of the training's recipe is the
 * paper's, with what it leaves open taken from ImageReward's script, where {@code reward.initial} says what to start from; else it
 * is that of a small network of random weights.
 */
public final class ScorerSettings {

    /** Where the store lies. */
    public static final Setting<Path> STORE = Settings.path(
            "scorer.store.folder",
            "data/preferences",
            "Folder of the preference store; its Parquet files are the dataset");

    /** How long the store waits for a batch to fill. */
    public static final Setting<Duration> STORE_LINGER = Settings.duration(
            "scorer.store.linger",
            Duration.ofSeconds(1),
            "How long a preference waits for others before a Parquet file is written");

    /** How many records one Parquet file takes. */
    public static final Setting<Integer> STORE_BATCH = Settings.integer(
            "scorer.store.batch", 512, 1, 1_000_000, "How many records are written to one Parquet file at most");

    /** How many small files are merged. */
    public static final Setting<Integer> STORE_COMPACT_FILES = Settings.integer(
            "scorer.store.compact.files", 64, 2, 100_000, "How many small Parquet files there must be to be merged");

    /** Which files are small. */
    public static final Setting<Long> STORE_COMPACT_SIZE = Settings.size(
            "scorer.store.compact.size", 8 << 20, "Up to which size a Parquet file is small and will be merged");

    /** Where training is saved. */
    public static final Setting<Path> CHECKPOINTS = Settings.path(
            "scorer.training.checkpoints", "data/reward", "Folder of the checkpoints of VP-Score's training");

    /** How often training is saved. */
    public static final Setting<Duration> CHECKPOINT_EVERY = Settings.duration(
            "scorer.training.checkpoint.every", Duration.ofSeconds(60), "How often a checkpoint is written");

    /** Which preferences are learnt from. */
    public static final Setting<LearntAspect> ASPECT = Settings.choice(
            "scorer.training.aspect",
            LearntAspect.MEAN,
            "Which preferences VP-Score learns from: the mean of the four aspects; each, the mean and every aspect by an output "
                    + "of its own; or one aspect alone (the paper's VP-Score-P, -A, -F and -H)");

    /** What VP-Score starts from. */
    public static final Setting<Path> INITIAL = Settings.path(
                    "reward.initial",
                    "",
                    "What learning starts from: a VP-Score directory, or a file as BLIP and ImageReward are published, with"
                            + " vocab.txt beside it; absent for a small network with random weights")
            .withoutDefault();

    /** Pairs per optimiser step. */
    public static final Setting<Integer> BATCH =
            Settings.integer("scorer.training.batch", 64, 1, 65_536, "Pairs per optimiser step");

    /** Micro-batch. */
    public static final Setting<Integer> MICRO_BATCH = Settings.integer(
                    "scorer.training.micro.batch",
                    16,
                    1,
                    65_536,
                    "Pairs whose gradients are computed at once; absent: 16 (the paper's 4 × 16), and the whole batch for a"
                            + " small network of random weights")
            .withoutDefault();

    /** Peak learning rate. */
    public static final Setting<Double> LEARNING_RATE = Settings.number(
                    "scorer.training.learning.rate",
                    1e-5,
                    0,
                    1,
                    "Learning rate after the warm-up; absent: 1e-5 (ImageReward's script, which the paper follows), and 1e-3"
                            + " for a small network of random weights")
            .withoutDefault();

    /** Warm-up. */
    public static final Setting<Integer> WARM_UP = Settings.integer(
                    "scorer.training.warm.up",
                    0,
                    0,
                    1_000_000,
                    "Steps over which the learning rate rises from 0; absent: 0 (ImageReward's script), and 60 for a small"
                            + " network of random weights")
            .withoutDefault();

    /** Decay. */
    public static final Setting<Integer> HORIZON = Settings.integer(
            "scorer.training.horizon",
            10_000,
            1,
            100_000_000,
            "Steps over which the learning rate falls along half a cosine to its floor, where it stays");

    /** Floor. */
    public static final Setting<Double> FLOOR = Settings.number(
                    "scorer.training.floor",
                    0.1,
                    0,
                    1,
                    "The floor of the learning rate as a share of its peak, 1 for a constant rate; absent: 0.1, and 1 for a"
                            + " small network of random weights")
            .withoutDefault();

    /** Weight decay. */
    public static final Setting<Double> WEIGHT_DECAY =
            Settings.number("scorer.training.weight.decay", 0.01, 0, 10, "AdamW's weight decay");

    /** Gradient clipping. */
    public static final Setting<Double> CLIP_NORM =
            Settings.number("scorer.training.clip.norm", 1, 1e-6, 1e9, "Largest global norm of the gradients");

    /** Frozen layers. */
    public static final Setting<Double> FROZEN = Settings.number(
                    "scorer.training.frozen",
                    0.7,
                    0,
                    0.999,
                    "Share of the layers that is not trained; absent: 0.7 (the paper, over a pre-trained BLIP), and 0 for a"
                            + " small network of random weights")
            .withoutDefault();

    /** Random moves of training images. */
    public static final Setting<Double> SHIFT = Settings.number(
                    "scorer.training.shift",
                    0,
                    0,
                    0.499,
                    "Largest random move of a training image, as a share of its side; absent: 0 (ImageReward's script), and"
                            + " 0.0625 for a small network of random weights")
            .withoutDefault();

    /** Moving average. */
    public static final Setting<Double> EMA_DECAY = Settings.number(
            "scorer.training.ema",
            0.99,
            0,
            0.999_999,
            "Decay of the moving average of the weights, which is what is released");

    /** New against replayed pairs. */
    public static final Setting<Double> NEW_SHARE = Settings.number(
            "scorer.training.new.share",
            0.5,
            0,
            1,
            "Share of a batch that is new pairs, as long as there are any; the rest is replayed from all that came before");

    /** Replay memory. */
    public static final Setting<Integer> REPLAY = Settings.integer(
            "scorer.training.replay",
            50_000,
            1,
            100_000_000,
            "How many pairs, a uniform sample of the store, are replayed");

    /** Repetition. */
    public static final Setting<Double> PASSES = Settings.number(
            "scorer.training.passes",
            6,
            0.01,
            1e6,
            "How often a pair is trained on, on average, at most; when that is reached, training rests until more come");

    /** Share of the processor. */
    public static final Setting<Double> DUTY_CYCLE = Settings.number(
            "scorer.training.duty.cycle", 0.5, 0.01, 1, "Share of the time that the training thread works");

    /** When training starts. */
    public static final Setting<Integer> MIN_PAIRS = Settings.integer(
            "scorer.training.min.pairs", 128, 1, 1_000_000_000, "How many pairs there must be before training starts");

    /** Seed. */
    public static final Setting<Long> SEED =
            Settings.longInteger("scorer.training.seed", 1, "Seed of the initial weights and of the batches");

    /** Image cache. */
    public static final Setting<Long> PIXEL_CACHE = Settings.size(
            "scorer.training.pixel.cache", 256L << 20, "Memory for decoded images; what does not fit is decoded again");

    /** Held-out share. */
    public static final Setting<Double> HELD_OUT_SHARE = Settings.number(
            "scorer.held.out.share", 0.15, 0, 1, "Share of the prompts that are never trained on but measured with");

    /** Held-out pairs kept. */
    public static final Setting<Integer> HELD_OUT_PAIRS = Settings.integer(
            "scorer.held.out.pairs", 400, 1, 1_000_000, "How many held-out pairs, the newest, are measured with");

    /** How often a release is tried. */
    public static final Setting<Duration> GATE_EVERY = Settings.duration(
            "scorer.gate.every",
            Duration.ofSeconds(20),
            "How often weights that were trained on are measured for release");

    /** Steps between measurements. */
    public static final Setting<Integer> GATE_STEPS = Settings.integer(
            "scorer.gate.steps", 20, 1, 1_000_000, "How many steps there must be between two measurements at least");

    /** Pairs needed. */
    public static final Setting<Integer> GATE_MIN_PAIRS = Settings.integer(
            "scorer.gate.min.pairs", 60, 1, 1_000_000, "How many held-out pairs there must be for a release");

    /** Least accuracy. */
    public static final Setting<Double> GATE_MIN_ACCURACY = Settings.number(
            "scorer.gate.min.accuracy", 0.6, 0, 1, "Held-out accuracy that the first release must reach");

    /** Slack. */
    public static final Setting<Double> GATE_SLACK = Settings.number(
            "scorer.gate.slack",
            0.01,
            0,
            1,
            "By how much a release's held-out accuracy, the mean of overall and on the policy's newest images, may be below "
                    + "that of the release it replaces, on the same pairs");

    /** Alarm. */
    public static final Setting<Double> ALARM_GAP = Settings.number(
            "scorer.gate.alarm.gap",
            0.1,
            0,
            1,
            "Alarm when accuracy on the policy's newest images is this much below accuracy overall");

    /** Releases kept. */
    public static final Setting<Integer> KEEP_RELEASES = Settings.integer(
            "scorer.releases.keep", 5, 2, 1_000, "How many releases' weights are kept in the blob store");

    /** Release directories. */
    public static final Setting<Path> RELEASE_CACHE = Settings.path(
            "scorer.releases.cache", "data/releases/reward", "Folder in which releases are laid out to be loaded");

    /** Threads. */
    public static final Setting<Integer> THREADS = Settings.integer(
            "scorer.threads",
            1,
            1,
            1_024,
            "Intra-op threads of the training thread and of the scoring thread, each; all computing threads of a machine "
                    + "should add up to its cores");

    /** In-flight images. */
    public static final Setting<Integer> MAX_IN_FLIGHT = Settings.integer(
            "scorer.score.max.in.flight",
            1024,
            1,
            1_000_000,
            "Images being scored at once, those included that wait for the rest of their rollout group: at least the rollouts "
                    + "that the trainer has outstanding (groups x images x (iterations ahead + 1)) and two batches more, for a "
                    + "stage that is full takes nothing, and then no group can become complete before its deadline");

    /** Scoring batch. */
    public static final Setting<Integer> SCORE_BATCH =
            Settings.integer("scorer.score.batch", 64, 1, 65_536, "Images scored together");

    /** Scoring linger. */
    public static final Setting<Duration> SCORE_LINGER = Settings.duration(
            "scorer.score.linger", Duration.ofMillis(50), "How long an image waits for others to be scored with");

    /** Group deadline. */
    public static final Setting<Duration> GROUP_WAIT = Settings.duration(
            "scorer.score.group.wait",
            Duration.ofSeconds(60),
            "How long a rollout group waits for its next image; then it is scored as it is");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            STORE,
            STORE_LINGER,
            STORE_BATCH,
            STORE_COMPACT_FILES,
            STORE_COMPACT_SIZE,
            CHECKPOINTS,
            CHECKPOINT_EVERY,
            ASPECT,
            INITIAL,
            BATCH,
            MICRO_BATCH,
            LEARNING_RATE,
            WARM_UP,
            HORIZON,
            FLOOR,
            WEIGHT_DECAY,
            CLIP_NORM,
            FROZEN,
            SHIFT,
            EMA_DECAY,
            NEW_SHARE,
            REPLAY,
            PASSES,
            DUTY_CYCLE,
            MIN_PAIRS,
            SEED,
            PIXEL_CACHE,
            HELD_OUT_SHARE,
            HELD_OUT_PAIRS,
            GATE_EVERY,
            GATE_STEPS,
            GATE_MIN_PAIRS,
            GATE_MIN_ACCURACY,
            GATE_SLACK,
            ALARM_GAP,
            KEEP_RELEASES,
            RELEASE_CACHE,
            THREADS,
            MAX_IN_FLIGHT,
            SCORE_BATCH,
            SCORE_LINGER,
            GROUP_WAIT);

    private ScorerSettings() {}
}
