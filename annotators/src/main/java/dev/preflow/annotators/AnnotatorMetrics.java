package dev.preflow.annotators;

import dev.preflow.annotators.preference.Comparisons;
import dev.preflow.annotators.rubric.AspectNames;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.JudgeCall;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What is counted of annotations: their ratings, what is missing, and ties. */
final class AnnotatorMetrics {

    private final MeterRegistry registry;

    AnnotatorMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void annotated(Annotation annotation) {
        for (var rating : annotation.getRatings()) {
            Counter.builder("preflow.annotator.ratings")
                    .description("Ratings given")
                    .tag("aspect", AspectNames.field(rating.getAspect()))
                    .tag("score", Integer.toString(rating.getScore()))
                    .register(registry)
                    .increment();
        }
        for (var aspect : Aspect.values()) {
            long given = annotation.getRatings().stream()
                    .filter(rating -> rating.getAspect() == aspect)
                    .count();
            Counter.builder("preflow.annotator.ratings.missing")
                    .description("Ratings asked for and not given")
                    .tag("aspect", AspectNames.field(aspect))
                    .register(registry)
                    .increment(annotation.getImages().size() - given);
        }
        for (JudgeCall call : annotation.getCalls()) {
            Counter.builder("preflow.annotator.calls")
                    .description("Replies of the judge, and whether every rating could be read in them")
                    .tag("outcome", call.getFailure() == null ? "rated" : "unusable")
                    .register(registry)
                    .increment();
        }
    }

    void compared(Annotation annotation) {
        var comparisons = new Comparisons(annotation.getImages(), annotation.getRatings());
        ties("mean", comparisons.ties(null));
        for (var aspect : Aspect.values()) {
            ties(AspectNames.field(aspect), comparisons.ties(aspect));
        }
    }

    private void ties(String aspect, int count) {
        Counter.builder("preflow.preferences.ties")
                .description("Pairs rated equal, which give no preference")
                .tag("aspect", aspect)
                .register(registry)
                .increment(count);
    }
}
