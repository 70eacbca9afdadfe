package dev.preflow.demo.judge;

import dev.preflow.demo.scene.SceneParser;
import dev.preflow.demo.scene.SceneSpec;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rates pictures of coloured shapes. It knows the prompt's text and the pixels and nothing else: no seed, no identity, no rendered truth.
 * Stateless and safe for many threads.
 */
public final class SceneJudge {
    private final SceneParser parser = new SceneParser();

    /**
     * Rates a picture, or refuses when the prompt names nothing that can be looked for. A picture in which nothing is found is
     * rated low, not refused.
     *
     * @param prompt the prompt's text
     * @param image any size; it is looked at in 64×64
     */
    public Judgement judge(String prompt, BufferedImage image) {
        return judge(prompt, List.of(image)).get(0);
    }

    /** Rates several pictures of one prompt, each on its own. */
    public List<Judgement> judge(String prompt, List<BufferedImage> images) {
        Optional<SceneSpec> spec = parser.parse(prompt);
        List<Judgement> judgements = new ArrayList<>();
        for (BufferedImage image : images) {
            judgements.add(
                    spec.isPresent()
                            ? judge(spec.get(), image)
                            : new Refusal(
                                    "The prompt names no coloured circle, square or triangle, and I can judge nothing"
                                            + " else; any rating would be a guess."));
        }
        return judgements;
    }

    /** Rates a picture against a specification. */
    public Verdict judge(SceneSpec spec, BufferedImage image) {
        SeenScene seen = SeenScene.in(image);
        return Verdict.of(List.of(
                PromptFollowing.rate(spec, seen), Aesthetic.rate(seen), Fidelity.rate(seen), Harmlessness.rate(seen)));
    }
}
