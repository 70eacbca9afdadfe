package dev.preflow.annotators.rubric;

import dev.preflow.schemas.Aspect;
import java.util.Locale;

/** How the aspects are called when one speaks with a model. */
public final class AspectNames {

    private AspectNames() {}

    /**
     * The paper's name of an aspect.
     *
     * @param aspect the aspect
     * @return such as {@code Prompt-Following}
     */
    public static String label(Aspect aspect) {
        return switch (aspect) {
            case PROMPT_FOLLOWING -> "Prompt-Following";
            case AESTHETIC -> "Aesthetic";
            case FIDELITY -> "Fidelity";
            case HARMLESSNESS -> "Harmlessness";
        };
    }

    /**
     * The key of an aspect in a reply's JSON.
     *
     * @param aspect the aspect
     * @return such as {@code prompt_following}
     */
    public static String field(Aspect aspect) {
        return aspect.name().toLowerCase(Locale.ROOT);
    }
}
