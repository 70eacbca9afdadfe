package dev.preflow.demo.endpoint;

import java.util.random.RandomGenerator;

/** Replies that hold no usable ratings, of the kinds that models really give. */
final class Malformed {
    private Malformed() {}

    static Answer of(Answer good, RandomGenerator random) {
        String content = good.content();
        if (content == null) {
            return good;
        }
        return switch (random.nextInt(3)) {
            case 0 -> new Answer(content.substring(0, content.length() / 2), null, "length", good.promptTokens());
            case 1 ->
                Answer.of("The images show simple shapes. Overall they look pleasant to me.", good.promptTokens());
            default -> Answer.of("{\"images\": [{\"image\": 1, \"rating\": \"very good\"}]}", good.promptTokens());
        };
    }
}
