package dev.preflow.app.book;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Rating;
import dev.preflow.schemas.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one prompt. Events may arrive in any order and more than once: each is kept under its id, and of two
 * terminal events the earlier made stands, so that every replay gives the same answer. Guarded by the book's lock.
 */
final class PromptEntry {

    private static final int MAX_FAILURES = 16;

    private final String id;
    private final Map<String, Image> images = new LinkedHashMap<>();
    private final Map<String, List<Rating>> ratingsByAnnotator = new LinkedHashMap<>();
    private final Map<String, Map<String, ScoreView>> scores = new HashMap<>();
    private final Map<String, FailureView> failures = new LinkedHashMap<>();
    private String text = "";
    private @Nullable String source;
    private Instant firstSeen;
    private boolean grouped;
    private @Nullable Ending ending;
    private boolean conflict;

    private record Ending(
            PromptState state,
            Instant at,
            @Nullable String reason,
            @Nullable String detail) {}

    PromptEntry(String id, Instant firstSeen) {
        this.id = id;
        this.firstSeen = firstSeen;
    }

    String id() {
        return id;
    }

    Instant firstSeen() {
        return firstSeen;
    }

    boolean conflict() {
        return conflict;
    }

    PromptState state() {
        if (ending != null) {
            return ending.state();
        }
        if (grouped) {
            return PromptState.JUDGING;
        }
        return images.isEmpty() ? PromptState.QUEUED : PromptState.DRAWING;
    }

    void add(Prompt prompt) {
        text = prompt.getText();
        source = prompt.getSource();
        seen(prompt.getCreatedAt());
    }

    void add(Image image) {
        describe(image.getPromptText(), image.getCreatedAt());
        images.put(image.getId(), image);
    }

    void close(List<Image> group, String promptText, Instant at) {
        describe(promptText, at);
        group.forEach(image -> images.put(image.getId(), image));
        grouped = true;
    }

    void add(Annotation annotation) {
        describe(annotation.getPromptText(), annotation.getCreatedAt());
        annotation.getImages().forEach(image -> images.putIfAbsent(image.getId(), image));
        ratingsByAnnotator.put(annotation.getAnnotator(), annotation.getRatings());
        if (!annotation.getRatings().isEmpty()) {
            end(new Ending(PromptState.JUDGED, annotation.getCreatedAt(), null, null));
        }
    }

    void add(Score score) {
        var image = score.getImage();
        describe(image.getPromptText(), image.getCreatedAt());
        images.putIfAbsent(image.getId(), image);
        var view = new ScoreView(
                score.getValue(), score.getRewardRelease(), score.getCreatedAt().toString());
        scores.computeIfAbsent(image.getId(), key -> new HashMap<>()).put(score.getRewardRelease(), view);
    }

    void add(DeadLetter letter) {
        seen(letter.getCreatedAt());
        if (failures.size() < MAX_FAILURES) {
            failures.put(letter.getId(), FailureView.of(letter));
        }
        if (letter.getEndsPrompt()) {
            end(new Ending(PromptState.DEAD_LETTERED, letter.getCreatedAt(), letter.getReason(), letter.getDetail()));
        }
    }

    PromptView view() {
        return new PromptView(
                id,
                text,
                source,
                firstSeen.toString(),
                state(),
                ending == null ? null : ending.reason(),
                ending == null ? null : ending.detail(),
                ending == null ? null : ending.at().toString(),
                images.values().stream()
                        .sorted(Comparator.comparingInt(Image::getIndex))
                        .map(this::view)
                        .toList(),
                List.copyOf(failures.values()));
    }

    private ImageView view(Image image) {
        return ImageView.of(image, ratings(image.getId()), scoreViews(image.getId()));
    }

    List<RatingView> ratings(String imageId) {
        var views = new ArrayList<RatingView>();
        ratingsByAnnotator.forEach((annotator, ratings) -> {
            for (var rating : ratings) {
                if (rating.getImageId().equals(imageId)) {
                    views.add(RatingView.of(annotator, rating));
                }
            }
        });
        return views;
    }

    private List<ScoreView> scoreViews(String imageId) {
        return scores.getOrDefault(imageId, Map.of()).values().stream()
                .sorted(Comparator.comparing((ScoreView score) -> Instant.parse(score.createdAt()))
                        .reversed())
                .toList();
    }

    private void describe(String promptText, Instant at) {
        if (text.isEmpty()) {
            text = promptText;
        }
        seen(at);
    }

    private void seen(Instant at) {
        if (at.isBefore(firstSeen)) {
            firstSeen = at;
        }
    }

    private void end(Ending next) {
        if (ending == null) {
            ending = next;
            return;
        }
        if (ending.state() != next.state()) {
            conflict = true;
        }
        if (next.at().isBefore(ending.at())) {
            ending = next;
        }
    }
}
