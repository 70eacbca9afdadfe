package dev.preflow.demo.endpoint;

import dev.preflow.demo.judge.Aspect;
import java.util.List;

/**
 * A request as the judge understands it.
 *
 * @param prompt the text that the images were drawn from
 * @param aspects what to rate, at least one, in the order asked for
 * @param images data URIs, in the order shown
 * @param json whether JSON is asked for; else the paper's plain text
 * @param words words of all messages, for the usage
 */
record JudgeQuestion(String prompt, List<Aspect> aspects, List<String> images, boolean json, int words) {
    JudgeQuestion {
        aspects = List.copyOf(aspects);
        images = List.copyOf(images);
    }
}
