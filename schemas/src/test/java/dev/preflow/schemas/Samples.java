package dev.preflow.schemas;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One record of every kind, every optional field set. */
final class Samples {

    static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123Z");

    private Samples() {}

    static BlobRef blob() {
        return new BlobRef("ab".repeat(32), 7L, "image/png");
    }

    static Prompt prompt() {
        return new Prompt("p", "ein roter Würfel 🟥", "http", NOW);
    }

    static GenerationTask task() {
        return new GenerationTask(
                "t", "p", "a cube", Purpose.ROLLOUT, "policy", 2, 8, "g1", "r1", 42L, 7.5f, 8, 4, 0.7f, NOW);
    }

    static Image image() {
        return new Image(
                "i",
                "p",
                "a cube",
                Purpose.ROLLOUT,
                "policy",
                "r1",
                2,
                8,
                "g1",
                42L,
                7.5f,
                8,
                blob(),
                64,
                64,
                blob(),
                NOW);
    }

    static ImageGroup group() {
        return new ImageGroup("g", "p", "a cube", List.of(image(), image()), 4, NOW);
    }

    static Annotation annotation() {
        var rating = new Rating("i", Aspect.FIDELITY, 5, "true to shape");
        var call = new JudgeCall(Aspect.FIDELITY, "{}", "malformed", 10, 20, 1, 900L);
        return new Annotation(
                "a", "g", "p", "a cube", List.of(image()), "judge", "model", List.of(rating), List.of(call), 1, NOW);
    }

    static Preference preference() {
        return new Preference("x", "a", "p", "a cube", image(), image(), Aspect.AESTHETIC, 0.5f, NOW);
    }

    static Score score() {
        return new Score("s", image(), 0.25f, "reward-1", NOW);
    }

    static Rollout rollout() {
        return new Rollout("o", image(), 0.25f, "reward-1", NOW);
    }

    static Release release() {
        return new Release(
                "r",
                ReleaseKind.POLICY,
                3,
                "r0",
                List.of(new ReleaseFile("unet/config.json", blob())),
                Map.of("kl", 0.1),
                NOW);
    }
}
