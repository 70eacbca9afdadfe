package dev.preflow.app.stages;

import dev.preflow.demo.scene.SceneVocabulary;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.reward.VpScoreConfig;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.scorer.score.ScorerStage;
import dev.preflow.scorer.store.PreferenceStore;
import dev.preflow.scorer.store.StoreStage;
import dev.preflow.scorer.train.InitialModel;
import dev.preflow.scorer.train.RewardTraining;
import dev.preflow.stream.blob.ReleaseFiles;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** Starts the stages around VP-Score: the learner, which keeps the preferences and trains, and the scorer. */
final class RewardStages {
    /** Each image is scored once: only what is scored together has to be held. */
    private static final long SCORER_CACHE = 32L << 20;

    private RewardStages() {}

    static Future<RunningStage> learner(StageContext context) throws IOException {
        var config = context.config();
        var store = new PreferenceStore(config.get(ScorerSettings.STORE));
        var training = RewardTraining.start(
                context.runtime(),
                config,
                store,
                context.blobs(),
                releases(context, "learner"),
                new PictureCache(context.blobs(), config.get(ScorerSettings.PIXEL_CACHE)),
                initial(config.find(ScorerSettings.INITIAL), config.get(ScorerSettings.SEED)),
                context.heldOut());
        var stage = StoreStage.start(context.runtime(), store, config, training::add);
        return Future.succeededFuture(() -> Future.join(stage.stop(), training.stop())
                .eventually(() -> Stages.blocking(context, store::close))
                .mapEmpty());
    }

    static Future<RunningStage> scorer(StageContext context) throws IOException {
        var stage = ScorerStage.start(
                context.runtime(),
                context.config(),
                new PictureCache(context.blobs(), SCORER_CACHE),
                releases(context, "scorer"));
        return Future.succeededFuture(stage::stop);
    }

    /** Every stage lays releases out for itself: one that prunes must not take them from another. */
    private static ReleaseFiles releases(StageContext context, String stage) throws IOException {
        Path folder = context.config().get(ScorerSettings.RELEASE_CACHE).resolve(stage);
        return new ReleaseFiles(context.blobs(), folder, Clock.systemUTC());
    }

    private static InitialModel initial(Optional<Path> source, long seed) {
        return manager -> {
            if (source.isPresent()) {
                return VpScore.start(source.get(), manager, seed);
            }
            var tokenizer = SceneVocabulary.tokenizer();
            return VpScore.create(VpScoreConfig.small(tokenizer.vocabularySize()), tokenizer, manager, seed);
        };
    }
}
