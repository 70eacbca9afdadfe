package dev.preflow.annotators.reply;

import java.util.regex.Pattern;

/** What reasoning models write before they answer, between {@code <think>} and {@code </think>}. */
final class Thinking {

    private static final String TAG = "(?:think|thinking|thought|reasoning)";
    /** The opening tag is often part of the chat template and so not in the reply; the answer follows the last closing one. */
    private static final Pattern CLOSED = Pattern.compile("(?is)\\A.*</" + TAG + ">");

    private static final Pattern UNCLOSED = Pattern.compile("(?is)<" + TAG + ">.*\\z");

    private Thinking() {}

    /** The reply without it; where the thinking never ended there was no answer. */
    static String removed(String reply) {
        var answer = CLOSED.matcher(reply).replaceFirst("");
        return UNCLOSED.matcher(answer).replaceFirst("").strip();
    }
}
