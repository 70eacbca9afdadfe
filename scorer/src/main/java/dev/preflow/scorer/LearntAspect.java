package dev.preflow.scorer;

import dev.preflow.schemas.Aspect;
import org.jspecify.annotations.Nullable;

/** Which preferences VP-Score learns from (paper section 4.1 and the ablation by aspect). */
public enum LearntAspect {
    /** Those by the mean of the four aspects. */
    MEAN(null),
    /** VP-Score-P. */
    PROMPT_FOLLOWING(Aspect.PROMPT_FOLLOWING),
    /** VP-Score-A. */
    AESTHETIC(Aspect.AESTHETIC),
    /** VP-Score-F. */
    FIDELITY(Aspect.FIDELITY),
    /** VP-Score-H. */
    HARMLESSNESS(Aspect.HARMLESSNESS);

    private final @Nullable Aspect aspect;

    LearntAspect(@Nullable Aspect aspect) {
        this.aspect = aspect;
    }

    /**
     * The aspect as preferences name it.
     *
     * @return the aspect; null for the mean
     */
    public @Nullable Aspect aspect() {
        return aspect;
    }
}
