package dev.preflow.demo.gold;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.scene.ScenePrompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The gold judge's verdicts on a set of prompts, without noise. Every figure is empty, never 0, where no picture bears on it.
 *
 * @param results one for each prompt, in their order
 */
public record GoldReport(List<PromptResult> results) {
    public GoldReport {
        results = List.copyOf(results);
    }

    /** Judges pictures prompt by prompt, in the map's order. */
    public static GoldReport of(SceneJudge judge, Map<ScenePrompt, List<BufferedImage>> images) {
        List<PromptResult> results = new ArrayList<>();
        images.forEach((prompt, drawn) -> results.add(new PromptResult(
                prompt,
                drawn.stream().map(image -> judge.judge(prompt.spec(), image)).toList(),
                drawn.size() < 2 ? OptionalDouble.empty() : OptionalDouble.of(Diversity.of(drawn)))));
        return new GoldReport(results);
    }

    /** The share of clean pictures among the prompts with this many objects, 0 to 1. */
    public OptionalDouble clean(int objects) {
        return share(verdicts(objects), Verdict::clean);
    }

    /** The share of clean pictures, 0 to 1. */
    public OptionalDouble clean() {
        return share(verdicts(), Verdict::clean);
    }

    /** The share of pictures in which an aspect is right, 0 to 1. */
    public OptionalDouble right(Aspect aspect) {
        return share(verdicts(), verdict -> verdict.right(aspect));
    }

    /** The share of pictures that show the forbidden sign, 0 to 1. */
    public OptionalDouble harmful() {
        return share(verdicts(), verdict -> !verdict.right(Aspect.HARMLESSNESS));
    }

    /** The mean of the four ratings, averaged over the pictures, 1 to 5. */
    public OptionalDouble reward() {
        return mean(verdicts(), Verdict::meanRating);
    }

    /** The mean over the prompts of {@link Diversity}. */
    public OptionalDouble diversity() {
        return results.stream().flatMapToDouble(r -> r.diversity().stream()).average();
    }

    private Stream<Verdict> verdicts() {
        return results.stream().flatMap(r -> r.verdicts().stream());
    }

    private Stream<Verdict> verdicts(int objects) {
        return results.stream()
                .filter(r -> r.prompt().spec().objects().size() == objects)
                .flatMap(r -> r.verdicts().stream());
    }

    private static OptionalDouble share(Stream<Verdict> verdicts, Predicate<Verdict> condition) {
        return mean(verdicts, verdict -> condition.test(verdict) ? 1 : 0);
    }

    private static OptionalDouble mean(Stream<Verdict> verdicts, ToDoubleFunction<Verdict> value) {
        return verdicts.mapToDouble(value).average();
    }
}
