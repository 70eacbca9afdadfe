package dev.preflow.demo.endpoint;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.AspectRating;
import dev.preflow.demo.judge.Judgement;
import dev.preflow.demo.judge.Refusal;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.judge.Verdict;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Answers questions with the scene judge. Blocking: decodes and looks at images. */
final class Answerer {
    private final SceneJudge judge;
    private final ImageDecoder decoder;
    private final RatingNoise noise;

    Answerer(SceneJudge judge, ImageDecoder decoder, RatingNoise noise) {
        this.judge = judge;
        this.decoder = decoder;
        this.noise = noise;
    }

    Answer answer(JudgeQuestion question) {
        List<BufferedImage> images = new ArrayList<>();
        int tokens = TokenCount.ofWords(question.words());
        for (String uri : question.images()) {
            BufferedImage image = decoder.decode(uri, images.size() + 1);
            tokens += TokenCount.of(image);
            images.add(image);
        }
        List<Judgement> judgements = judge.judge(question.prompt(), images);
        List<Map<Aspect, ReplyWriter.Spoken>> spoken = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            if (judgements.get(i) instanceof Refusal refusal) {
                return Answer.refused(refusal.reason(), "stop", tokens);
            }
            spoken.add(speak(
                    question, (Verdict) judgements.get(i), question.images().get(i)));
        }
        return Answer.of(ReplyWriter.write(question.aspects(), spoken, question.json()), tokens);
    }

    private Map<Aspect, ReplyWriter.Spoken> speak(JudgeQuestion question, Verdict verdict, String image) {
        Map<Aspect, ReplyWriter.Spoken> ratings = new EnumMap<>(Aspect.class);
        for (Aspect aspect : question.aspects()) {
            AspectRating opinion = verdict.of(aspect);
            int rating = noise.rating(opinion, question.prompt(), image);
            ratings.put(aspect, new ReplyWriter.Spoken(rating, opinion.rationale()));
        }
        return ratings;
    }
}
