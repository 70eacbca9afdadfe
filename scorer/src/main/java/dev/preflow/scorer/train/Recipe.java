package dev.preflow.scorer.train;

import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.reward.VpScoreTrainer;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.stream.config.Config;

/**
 * How VP-Score is trained: what the settings say, and where they say nothing the paper's recipe, or a small network's.
 *
 * <p>The paper (section 4.1) trains a pre-trained BLIP with batch 64 as 4 × 16, a cosine and 70 % of the layers frozen, and leaves
 * the rest to ImageReward's script: learning rate 1e-5, no warm-up, images as they are. It holds wherever {@code reward.initial}
 * says what to start from. A small network of random weights cannot be trained so: it has a constant rate of 1e-3 after a warm-up,
 * nothing frozen, the whole batch at once, and images that are moved a little.
 *
 * @param batch pairs of an optimiser step
 * @param microBatch pairs whose gradients are computed at once
 * @param settings the trainer's
 */
record Recipe(int batch, int microBatch, VpScoreTrainer.Settings settings) {
    private static final double IMAGE_REWARD_RATE = 1e-5;
    private static final double PAPER_FROZEN = 0.7;
    private static final int PAPER_MICRO_BATCH = 16;
    /** ImageReward's falls to 0, at the end of ten epochs; after an end no stream would be learnt from. */
    private static final double PAPER_FLOOR = 0.1;

    private static final double SMALL_RATE = 1e-3;
    private static final int SMALL_WARM_UP = 60;
    private static final double SMALL_SHIFT = 0.0625;

    /** What a configuration says. */
    static Recipe of(Config config) {
        boolean paper = config.find(ScorerSettings.INITIAL).isPresent();
        int batch = config.get(ScorerSettings.BATCH);
        double rate = config.find(ScorerSettings.LEARNING_RATE).orElse(paper ? IMAGE_REWARD_RATE : SMALL_RATE);
        int warmUp = config.find(ScorerSettings.WARM_UP).orElse(paper ? 0 : SMALL_WARM_UP);
        double floor = config.find(ScorerSettings.FLOOR).orElse(paper ? PAPER_FLOOR : 1);
        return new Recipe(
                batch,
                config.find(ScorerSettings.MICRO_BATCH).orElse(paper ? PAPER_MICRO_BATCH : batch),
                new VpScoreTrainer.Settings(
                        LearningRate.cosine(rate, warmUp, (long) warmUp + config.get(ScorerSettings.HORIZON), floor),
                        config.get(ScorerSettings.WEIGHT_DECAY),
                        config.get(ScorerSettings.CLIP_NORM),
                        config.get(ScorerSettings.EMA_DECAY),
                        config.find(ScorerSettings.FROZEN).orElse(paper ? PAPER_FROZEN : 0),
                        config.find(ScorerSettings.SHIFT).orElse(paper ? 0 : SMALL_SHIFT),
                        config.get(ScorerSettings.SEED)));
    }
}
