package dev.preflow.app.watch;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Score;

/** Writes events down as lines. */
public interface WatchFormat {

    /**
     * A score.
     *
     * @param score the score
     * @return one line
     */
    String line(Score score);

    /**
     * An annotation.
     *
     * @param annotation the annotation
     * @return one line
     */
    String line(Annotation annotation);

    /**
     * A dead letter.
     *
     * @param letter the dead letter
     * @return one line
     */
    String line(DeadLetter letter);
}
