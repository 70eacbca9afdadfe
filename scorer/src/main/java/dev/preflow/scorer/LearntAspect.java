package dev.preflow.scorer;

import dev.preflow.models.reward.PreferenceBatch;
import dev.preflow.schemas.Aspect;
import org.jspecify.annotations.Nullable;

/** Which preferences VP-Score learns from (paper section 4.1 and the ablation by aspect). */
public enum LearntAspect {
    /** Those by the mean of the four aspects. */
    MEAN(null),
    /** Those by the mean, and those in each aspect by an output of its own: the score is the outputs' sum. */
    EACH(null),
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
     * The aspect as preferences name it. It is what releases are measured by.
     *
     * @return the aspect; null for the mean
     */
    public @Nullable Aspect aspect() {
        return aspect;
    }

    /**
     * Whether a preference is learnt from.
     *
     * @param compared the preference's aspect; null for the mean
     * @return whether it is one of those
     */
    public boolean includes(@Nullable Aspect compared) {
        return this == EACH || compared == aspect;
    }

    /** How many outputs the network has. */
    public int outputs() {
        return this == EACH ? Aspect.values().length : 1;
    }

    /**
     * The output that a preference is about.
     *
     * @param compared the preference's aspect; null for the mean
     * @return its index, or {@link PreferenceBatch#SUM}
     */
    public int output(@Nullable Aspect compared) {
        return this == EACH && compared != null ? compared.ordinal() : PreferenceBatch.SUM;
    }
}
