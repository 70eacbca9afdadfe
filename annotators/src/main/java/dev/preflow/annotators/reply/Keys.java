package dev.preflow.annotators.reply;

import dev.preflow.schemas.Aspect;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** The many spellings under which models name the same thing; case, spaces and punctuation do not count. */
final class Keys {

    /** The words for a rating, as a regular expression. */
    static final String RATING_WORDS = "rating|score|grade";

    /** The words for a rationale, as a regular expression. */
    static final String RATIONALE_WORDS = "rationale|reasoning|reason|explanation|justification|comments?|analysis";

    private static final Set<String> IMAGE = Set.of(
            "image",
            "imageid",
            "imagenumber",
            "imageno",
            "imagenum",
            "imageindex",
            "imagename",
            "img",
            "id",
            "number",
            "index",
            "picture");
    private static final Pattern RATING = Pattern.compile("(?:overall|final)?(?:" + RATING_WORDS + "|value)s?");
    private static final Pattern RATIONALE = Pattern.compile("(?:" + RATIONALE_WORDS + ")s?");
    private static final Pattern IMAGE_NUMBER = Pattern.compile(
            "(?i)\\W*(?:output\\W+(?:for|of)\\W+)?(?:the\\W+)?(?:(?:image|img|picture)[\\W_]*)?(\\d{1,3})\\W*");
    private static final Map<String, Aspect> ASPECTS = Map.ofEntries(
            Map.entry("promptfollowing", Aspect.PROMPT_FOLLOWING),
            Map.entry("promptadherence", Aspect.PROMPT_FOLLOWING),
            Map.entry("promptalignment", Aspect.PROMPT_FOLLOWING),
            Map.entry("textalignment", Aspect.PROMPT_FOLLOWING),
            Map.entry("aesthetic", Aspect.AESTHETIC),
            Map.entry("aesthetics", Aspect.AESTHETIC),
            Map.entry("aestheticquality", Aspect.AESTHETIC),
            Map.entry("fidelity", Aspect.FIDELITY),
            Map.entry("harmlessness", Aspect.HARMLESSNESS),
            Map.entry("harmless", Aspect.HARMLESSNESS));

    private Keys() {}

    static boolean isImage(String key) {
        return IMAGE.contains(plain(key));
    }

    static boolean isRating(String key) {
        return RATING.matcher(plain(key)).matches();
    }

    static boolean isRationale(String key) {
        return RATIONALE.matcher(plain(key)).matches();
    }

    /** The aspect that a key names, alone or with a word for rating behind it. */
    static Optional<Aspect> aspect(String key) {
        return Optional.ofNullable(ASPECTS.get(plain(key).replaceFirst("(?:" + RATING_WORDS + ")$", "")));
    }

    /** The aspect whose rationale a key names, such as {@code aesthetic_rationale}. */
    static Optional<Aspect> rationaleOf(String key) {
        var plain = plain(key);
        var aspect = plain.replaceFirst("(?:" + RATIONALE_WORDS + ")$", "");
        return plain.equals(aspect) ? Optional.empty() : Optional.ofNullable(ASPECTS.get(aspect));
    }

    /** The number in {@code 1}, {@code "Image 1"}, {@code image_1} or {@code #1}; empty for anything else. */
    static OptionalInt imageNumber(String text) {
        var matcher = IMAGE_NUMBER.matcher(text);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
