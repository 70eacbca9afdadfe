package dev.preflow.scorer;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.Codec;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Rating;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events for tests. */
public final class Records {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    static {
        // Avro copies only records that it was told to trust, which the first codec does
        Codec.of(Image.class);
    }

    private Records() {}

    /** An image to be judged, whose pixels are a blob that need not exist. */
    public static Image image(String prompt, int index) {
        var sha256 = Ids.id("blob", List.of(prompt, Integer.toString(index)));
        return image(prompt, index, new BlobRef(sha256 + sha256, 100L, "image/png"), null);
    }

    /** An image to be judged. */
    public static Image image(String prompt, int index, BlobRef pixels, @Nullable String policyRelease) {
        return Image.newBuilder()
                .setId(Ids.imageId(prompt, "policy", index, index))
                .setPromptId(prompt)
                .setPromptText("words of " + prompt)
                .setPurpose(Purpose.JUDGE)
                .setGenerator("policy")
                .setPolicyRelease(policyRelease)
                .setIndex(index)
                .setGroupSize(4)
                .setSeed(index)
                .setGuidanceScale(7.5f)
                .setSteps(8)
                .setPixels(pixels)
                .setWidth(16)
                .setHeight(16)
                .setCreatedAt(TIME)
                .build();
    }

    /** The image as one of a rollout group. */
    public static Image rollout(Image image, String group, int groupSize) {
        return Image.newBuilder(image)
                .setId(Ids.imageId(image.getPromptId(), "policy", image.getIndex(), image.getSeed(), group))
                .setPurpose(Purpose.ROLLOUT)
                .setRolloutGroup(group)
                .setGroupSize(groupSize)
                .setTrajectory(new BlobRef("0".repeat(64), 100L, "application/octet-stream"))
                .build();
    }

    /** One image preferred to another. */
    public static Preference preference(Image better, Image worse, @Nullable Aspect aspect) {
        var annotation = annotationId(better.getPromptId());
        return Preference.newBuilder()
                .setId(Ids.preferenceId(annotation, better.getId(), worse.getId(), aspect))
                .setAnnotationId(annotation)
                .setPromptId(better.getPromptId())
                .setPromptText(better.getPromptText())
                .setBetter(better)
                .setWorse(worse)
                .setAspect(aspect)
                .setMargin(0.5f)
                .setCreatedAt(TIME)
                .build();
    }

    /** Preferences of as many prompts, over the mean of the aspects. */
    public static List<Preference> preferences(String name, int count) {
        var preferences = new ArrayList<Preference>();
        for (int i = 0; i < count; i++) {
            preferences.add(preference(image(name + i, 0), image(name + i, 1), null));
        }
        return preferences;
    }

    /** An annotation that rates two images in every aspect. */
    public static Annotation annotation(String prompt) {
        var images = List.of(image(prompt, 0), image(prompt, 1));
        var ratings = new ArrayList<Rating>();
        for (var image : images) {
            for (var aspect : Aspect.values()) {
                ratings.add(new Rating(image.getId(), aspect, 1 + image.getIndex(), "it's \"so\", says 法官"));
            }
        }
        return Annotation.newBuilder()
                .setId(annotationId(prompt))
                .setGroupId(Ids.groupId(prompt))
                .setPromptId(prompt)
                .setPromptText("words of " + prompt)
                .setImages(images)
                .setAnnotator("judge")
                .setModel("model")
                .setRatings(ratings)
                .setCalls(List.of())
                .setTies(0)
                .setCreatedAt(TIME)
                .build();
    }

    private static String annotationId(String prompt) {
        return Ids.annotationId(Ids.groupId(prompt), "judge");
    }
}
