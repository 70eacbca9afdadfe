package dev.preflow.demo.gold;

import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.scene.ScenePrompt;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The pictures of one prompt as the gold judge saw them.
 *
 * @param prompt the prompt
 * @param verdicts one for each picture, in their order
 * @param diversity see {@link Diversity}; empty for a single picture
 */
public record PromptResult(ScenePrompt prompt, List<Verdict> verdicts, OptionalDouble diversity) {
    public PromptResult {
        verdicts = List.copyOf(verdicts);
    }
}
