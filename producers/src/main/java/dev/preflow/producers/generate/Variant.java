package dev.preflow.producers.generate;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One generator that the local pipeline stands for.
 *
 * @param name the generator's name in the pool
 * @param directory the model, a diffusers directory; variants of one directory share its weights
 * @param live whether it is the policy: it starts with the directory's weights and takes up every policy release
 * @param steps denoising steps in place of the task's, null to do as the task says; never for rollouts
 * @param guidanceScale guidance scale in place of the task's, null to do as the task says; never for rollouts
 */
public record Variant(
        String name,
        Path directory,
        boolean live,
        @Nullable Integer steps,
        @Nullable Float guidanceScale) {

    /** Checks the name and the ranges. */
    public Variant {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A generator needs a name");
        }
        if (steps != null && steps < 1) {
            throw new IllegalArgumentException("Generator '%s' needs at least 1 step, not %d".formatted(name, steps));
        }
        if (guidanceScale != null && !(guidanceScale >= 0 && Float.isFinite(guidanceScale))) {
            throw new IllegalArgumentException(
                    "Generator '%s' needs a finite guidance scale from 0, not %s".formatted(name, guidanceScale));
        }
    }
}
