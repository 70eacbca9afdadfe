package dev.preflow.app.watch;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Rating;
import dev.preflow.schemas.Score;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lines for people. */
public final class TextFormat implements WatchFormat {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int SHOWN_DIGITS = 8;

    private final ZoneId zone;

    /**
     * A format.
     *
     * @param zone whose clock is shown
     */
    public TextFormat(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public String line(Score score) {
        var image = score.getImage();
        return "%s  score %+7.3f  %s  %s  image %s"
                .formatted(
                        time(score.getCreatedAt()),
                        score.getValue(),
                        drawnBy(image),
                        quoted(image.getPromptText()),
                        digits(image.getPixels().getSha256()));
    }

    @Override
    public String line(Annotation annotation) {
        var ratings = annotation.getImages().stream()
                .map(image -> annotation.getRatings().stream()
                        .filter(rating -> rating.getImageId().equals(image.getId()))
                        .map(Rating::getScore)
                        .map(String::valueOf)
                        .collect(Collectors.joining("/")))
                .map(text -> text.isEmpty() ? "-" : text)
                .collect(Collectors.joining("  "));
        return "%s  judged by %s  %s  ratings %s"
                .formatted(
                        time(annotation.getCreatedAt()),
                        annotation.getAnnotator(),
                        quoted(annotation.getPromptText()),
                        ratings);
    }

    @Override
    public String line(DeadLetter letter) {
        return "%s  given up by %s  %s  %s%s"
                .formatted(
                        time(letter.getCreatedAt()),
                        letter.getStage(),
                        letter.getReason(),
                        printable(letter.getDetail()),
                        letter.getPromptId() == null ? "" : "  prompt " + printable(letter.getPromptId()));
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }

    private static String drawnBy(Image image) {
        return image.getPolicyRelease() == null
                ? image.getGenerator()
                : image.getGenerator() + "@" + digits(image.getPolicyRelease());
    }

    private static String digits(@Nullable String id) {
        return id == null ? "" : id.substring(0, Math.min(SHOWN_DIGITS, id.length()));
    }

    private static String quoted(String words) {
        return '"' + printable(words) + '"';
    }

    /** A prompt may hold anything; what would steer the terminal is shown as a space. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
