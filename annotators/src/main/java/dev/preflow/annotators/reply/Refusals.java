package dev.preflow.annotators.reply;

import java.util.regex.Pattern;

/** Refusals that come as plain words, as models without a field for them give them. */
public final class Refusals {

    private static final Pattern OPENING = Pattern.compile(
            "(?i)\\W*(?:(?:i['’]?m|i am|we['’]?re) (?:(?:very |really )?sorry|unable|not able)|(?:sorry|unfortunately|apologies)\\b.{0,20}\\bi (?:can|am|['’]m)|"
                    + "i (?:can(?:['’]t|not| not)|won['’]t|must decline)|as an ai\\b).*");

    private Refusals() {}

    /**
     * Whether a reply without ratings is a refusal, so that asking again is of no use.
     *
     * @param reply the model's words
     * @return true when it begins as refusals do
     */
    public static boolean isRefusal(String reply) {
        return Thinking.removed(reply)
                .lines()
                .findFirst()
                .filter(line -> OPENING.matcher(line).matches())
                .isPresent();
    }
}
