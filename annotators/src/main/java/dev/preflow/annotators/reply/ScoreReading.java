package dev.preflow.annotators.reply;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a rating's value says: a whole number from 1 to 5, perhaps with its scale or the name of its level ({@code 4},
 * {@code "4"}, {@code "4/5"}, {@code "4 - Good"}, {@code "Good (4)"}), or why it is none.
 *
 * @param score 1 to 5; 0 where there is a problem
 * @param remark the words behind the number; may be empty
 * @param problem why there is no score; null when there is one
 */
record ScoreReading(int score, String remark, @Nullable String problem) {

    private static final Pattern NUMBER_FIRST = Pattern.compile(
            "(?s)[\\s*\"'`(\\[_]*(\\d+(?:\\.\\d+)?)\\s*(?:(?:/|out\\s+of)\\s*(\\d+)(?:\\.0)?)?(?![\\w./])([\\s*\"'`)\\]_]*[.,;:–—-]*)(.*)");
    private static final Pattern LEVEL_FIRST =
            Pattern.compile("[A-Za-z* ]+[(:–—-]\\s*(\\d)\\s*(?:/\\s*(5))?\\s*[)*.]*()()");
    private static final Pattern SECOND_NUMBER =
            Pattern.compile("\\W*(?:(?:to|or|and)\\s+)?\\d+(?:\\.\\d+)?(?:\\s*/\\s*5)?\\W*");
    private static final String SCALE = "5";
    private static final int BEST = 5;

    static ScoreReading of(JsonNode value) {
        if (value.isNumber()) {
            return number(value.asText(), value.doubleValue(), "");
        }
        return value.isTextual() ? text(value.textValue()) : invalid(value.toString());
    }

    private static ScoreReading text(String text) {
        Matcher matcher = NUMBER_FIRST.matcher(text);
        if (!matcher.matches()) {
            matcher = LEVEL_FIRST.matcher(text.strip());
            if (!matcher.matches()) {
                return invalid(text);
            }
        }
        var scale = matcher.group(2);
        var remark = matcher.group(4).strip();
        if (scale != null && !scale.equals(SCALE)
                || SECOND_NUMBER.matcher(remark).matches()) {
            return invalid(text);
        }
        return number(text, Double.parseDouble(matcher.group(1)), remark);
    }

    private static ScoreReading number(String written, double number, String remark) {
        // written this way round, NaN is refused too
        boolean whole = number >= 1 && number <= BEST && number == Math.rint(number);
        return whole ? new ScoreReading((int) number, remark, null) : invalid(written);
    }

    private static ScoreReading invalid(String written) {
        var line = written.replaceAll("\\s+", " ").strip();
        var shown = line.length() > 40 ? line.substring(0, 40) + "…" : line;
        return new ScoreReading(0, "", "\"" + shown + "\" is not a whole number from 1 to 5");
    }
}
