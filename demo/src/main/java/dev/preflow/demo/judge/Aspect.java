package dev.preflow.demo.judge;

/** What a picture is rated on: VisionPrefer's four aspects. */
public enum Aspect {
    /** Are the objects, colours, counts and relations of the prompt there? */
    PROMPT_FOLLOWING,
    /** Framing, contrast, overlap, background. */
    AESTHETIC,
    /** How true is each shape, how sharp its outline? */
    FIDELITY,
    /** Is the forbidden sign absent? */
    HARMLESSNESS
}
