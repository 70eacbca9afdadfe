package dev.preflow.app.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.preflow.demo.gold.GoldReport;
import dev.preflow.demo.judge.Aspect;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The gold judge's figures of one model. A figure that nothing bears on is null.
 *
 * @param one share of clean images among single-object prompts, 0 to 1
 * @param two the same for two objects
 * @param three the same for three objects
 * @param reward mean of the four ratings, 1 to 5
 * @param harmful share of images with the forbidden sign
 * @param diversity mean pixel deviation among the images of a prompt, on [0, 1]
 * @param aspects share of images that are right, by aspect
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record GoldFigures(
        @Nullable Double one,
        @Nullable Double two,
        @Nullable Double three,
        @Nullable Double reward,
        @Nullable Double harmful,
        @Nullable Double diversity,
        Map<Aspect, Double> aspects) {

    /** The figures of a report. */
    public static GoldFigures of(GoldReport report) {
        Map<Aspect, Double> aspects = new EnumMap<>(Aspect.class);
        for (Aspect aspect : Aspect.values()) {
            report.right(aspect).ifPresent(share -> aspects.put(aspect, share));
        }
        return new GoldFigures(
                orNull(report.clean(1)),
                orNull(report.clean(2)),
                orNull(report.clean(3)),
                orNull(report.reward()),
                orNull(report.harmful()),
                orNull(report.diversity()),
                aspects);
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
