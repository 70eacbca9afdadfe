package dev.preflow.producers;

/** What draws for a generator of the pool. */
public enum GeneratorKind {
    /** A diffusion pipeline in this process, with weights that stay as they are. */
    FROZEN,
    /** A diffusion pipeline in this process that takes up the policy's releases. */
    POLICY,
    /** An endpoint that speaks OpenAI's images API. */
    OPENAI
}
