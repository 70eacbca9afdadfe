package dev.preflow.app.demo;

import dev.preflow.app.config.Home;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The demo's settings: where things lie, and what suits a small model on two cores. Drawing and training share the machine, so
 * every computing thread works alone.
 */
final class DemoConfig {
    /** What the grammar's prompts are marked with; the policy is trained on these only, for the judge can rate them. */
    static final String SOURCE = "scene-grammar";

    private DemoConfig() {}

    /** What suits a small model on two cores. */
    static Map<String, String> tuned() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("annotator.concurrency", "4");
        settings.put("annotator.in-flight", "4");

        // the judge costs little here, and VP-Score knows best what it has been told of
        settings.put("assembler.rollout.share", "1");

        settings.put("planner.steps", "8");
        settings.put("local.linger", "5ms");

        // some 250 prompts: a policy that is led by what VP-Score has learnt from half as many goes astray at first
        settings.put("scorer.gate.min.pairs", "140");
        // VP-Score's lessons are what everything waits for; it rests by itself when it has learnt what there is
        settings.put("scorer.training.duty.cycle", "0.9");
        // more of them, and the first few hundred prompts are learnt by heart
        settings.put("scorer.training.passes", "4");
        // two images differ in two of the aspects or so beside the mean: as many images of a step as 128 pairs of the
        // mean
        settings.put("scorer.training.aspect", "each");
        settings.put("scorer.training.batch", "384");
        // full within twenty minutes or so: what they take grows no further, and VP-Score is as good as with more
        settings.put("scorer.training.replay", "60000");
        settings.put("scorer.held.out.pairs", "1200");
        // full within minutes, after which memory stays as it is; replayed pairs share images, so that few are decoded
        // anew
        settings.put("scorer.training.pixel.cache", "64MiB");
        // what the warm start has learnt to see stays as it is: nearly as good, and twice as fast
        settings.put("scorer.training.frozen", "0.5");
        // of so small a network, one rate, and a batch computed at once
        settings.put("scorer.training.floor", "1");
        settings.put("scorer.training.warm.up", "60");
        settings.put("scorer.training.micro.batch", "384");
        settings.put("scorer.training.shift", "0.0625");
        // twice as much unlearns part of what the warm start knows
        settings.put("scorer.training.learning.rate", "3e-4");

        // on the annotator's noisy ratings; the warm start is about as good, so that training begins with the first
        // release
        settings.put("trainer.min.accuracy", "0.6");
        // all of the small model: with its convolutions it goes further in as many updates, and stays nearer to the
        // base
        settings.put("trainer.trainable", "unet\\..*|text_encoder\\..*");
        settings.put("trainer.learning.rate", "4e-4");
        // most comes in the first fifty iterations; at the full rate the weights then wander off
        settings.put("trainer.horizon", "200");
        // as much is learnt as from four, for half of the work
        settings.put("trainer.stochastic.steps", "2");
        // by then VP-Score has learnt from what policies draw, and what the first one learnt from a VP-Score that had
        // not stays with it: above all the shapes that no prompt it is trained on names
        settings.put("trainer.reset.after", "40");
        // the other half costs as much, and tells little
        settings.put("trainer.sample.share", "0.5");
        // charged, but no more than keeps the policy from wandering: at five times as much it stays at seven clean
        // images in ten even with a perfect reward. On half of the images, so that it is twice what all would need
        settings.put("trainer.kl", "0.02");
        // guidance exaggerates what a policy does by itself, and who draws with it must be content, too; and VP-Score
        // learns to tell such images apart from the ratings of these rollouts
        settings.put("trainer.guidance", "1,1,1,3");
        settings.put("trainer.prompt.sources", SOURCE);
        return settings;
    }

    /** What makes it the demo, its judge and its models, and what its options say. */
    static Map<String, String> fixed(DemoOptions options, String bootstrapServers, URI judge) {
        Path data = options.data();
        int threads = Math.max(1, options.threads() / 2);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("kafka.bootstrap.servers", bootstrapServers);
        settings.putAll(folders(data));
        settings.put("gateway.port", Integer.toString(options.port()));
        settings.put("annotator.url", judge.toString());
        settings.put("annotator.model", "scene-judge");
        generator(settings, "policy", options.base(), "policy");
        generator(settings, "base", options.base(), "frozen");
        generator(settings, "hasty", options.base(), "frozen");
        settings.put("generators.hasty.steps", "3");
        generator(settings, "unguided", options.base(), "frozen");
        settings.put("generators.unguided.guidance", "1");
        // the policy's images are what VP-Score must tell apart as it moves
        settings.put("generators.policy.weight", "2");
        settings.put("reward.initial", Home.rewardModel().toString());
        settings.put("scorer.store.folder", path(data, "preferences"));
        settings.put("scorer.training.checkpoints", path(data, "reward"));
        settings.put("scorer.releases.cache", path(data, "releases"));
        settings.put("scorer.training.seed", Long.toString(options.seed()));
        settings.put("scorer.threads", Integer.toString(threads));
        settings.put("trainer.base", options.base().toString());
        settings.put("trainer.checkpoints", path(data, "policy"));
        settings.put("trainer.releases.cache", path(data, "releases/trainer"));
        settings.put("trainer.seed", Long.toString(options.seed()));
        settings.put("trainer.threads", Integer.toString(threads));
        return settings;
    }

    /** Where blobs and notes lie in a demo's data folder. */
    static Map<String, String> folders(Path data) {
        return Map.of(
                "blobs.directory",
                path(data, "blobs"),
                "state.directory",
                state(data).toString());
    }

    /** Where notes lie in a demo's data folder. */
    static Path state(Path data) {
        return data.resolve("state");
    }

    private static void generator(Map<String, String> settings, String name, Path directory, String kind) {
        settings.put("generators." + name + ".kind", kind);
        settings.put("generators." + name + ".directory", directory.toString());
    }

    private static String path(Path data, String name) {
        return data.resolve(name).toString();
    }
}
