package dev.preflow.app;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Rating;
import dev.preflow.schemas.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events as the stages write them. */
public final class Samples {

    /** When they were made, unless a test says otherwise. */
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private Samples() {}

    public static Prompt prompt(String id, Instant at) {
        return new Prompt(id, "a red circle", "test", at);
    }

    public static Image image(String promptId, int index, String generator, Purpose purpose, BlobRef pixels) {
        return Image.newBuilder()
                .setId(Ids.imageId(promptId, generator, index, index))
                .setPromptId(promptId)
                .setPromptText("a red circle")
                .setPurpose(purpose)
                .setGenerator(generator)
                .setPolicyRelease(generator.equals("policy") ? "policy-release-1" : null)
                .setIndex(index)
                .setGroupSize(4)
                .setRolloutGroup(purpose == Purpose.ROLLOUT ? "rollout-group" : null)
                .setSeed(index)
                .setGuidanceScale(7.5f)
                .setSteps(20)
                .setPixels(pixels)
                .setWidth(64)
                .setHeight(64)
                .setCreatedAt(NOON.plusSeconds(1))
                .build();
    }

    public static Image image(String promptId, int index) {
        return image(promptId, index, "policy", Purpose.JUDGE, new BlobRef("0".repeat(64), 1L, "image/png"));
    }

    public static ImageGroup group(String promptId, List<Image> images) {
        return new ImageGroup(
                Ids.groupId(promptId), promptId, "a red circle", images, images.size(), NOON.plusSeconds(2));
    }

    public static Annotation annotation(String promptId, List<Image> images, Instant at) {
        var ratings = new ArrayList<Rating>();
        for (var image : images) {
            for (var aspect : Aspect.values()) {
                ratings.add(new Rating(image.getId(), aspect, 1 + image.getIndex(), "seen: <b>a circle</b>"));
            }
        }
        return Annotation.newBuilder()
                .setId(Ids.annotationId(Ids.groupId(promptId), "judge"))
                .setGroupId(Ids.groupId(promptId))
                .setPromptId(promptId)
                .setPromptText("a red circle")
                .setImages(images)
                .setAnnotator("judge")
                .setModel("scene-judge")
                .setRatings(ratings)
                .setCalls(List.of())
                .setTies(0)
                .setCreatedAt(at)
                .build();
    }

    public static Score score(Image image, float value) {
        return new Score(Ids.scoreId(image.getId(), "reward-1"), image, value, "reward-1", NOON.plusSeconds(3));
    }

    public static DeadLetter deadLetter(@Nullable String promptId, String reason, boolean endsPrompt, Instant at) {
        return DeadLetter.newBuilder()
                .setId(Ids.deadLetterId("groups", 0, Math.abs(reason.hashCode())))
                .setStage("annotator")
                .setTopic("groups")
                .setPartition(0)
                .setOffset(7)
                .setReason(reason)
                .setDetail("The judge cannot check this")
                .setAttempts(1)
                .setPromptId(promptId)
                .setEndsPrompt(endsPrompt)
                .setCreatedAt(at)
                .build();
    }
}
