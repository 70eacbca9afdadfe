package dev.preflow.annotators.judgement;

import dev.preflow.schemas.Aspect;
import java.util.Arrays;
import java.util.List;

/** How the four aspects are spread over calls. */
public enum AnnotationMode {
    /** One call for each aspect, as in the paper (section 2.1). */
    PER_ASPECT,
    /** One call for all four: a quarter of the calls and of the image tokens. */
    JOINT;

    /**
     * The aspects of each call.
     *
     * @return one list for each call
     */
    public List<List<Aspect>> calls() {
        var all = Arrays.asList(Aspect.values());
        return this == JOINT ? List.of(all) : all.stream().map(List::of).toList();
    }
}
