package dev.preflow.annotators;

import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Records for tests. */
public final class TestRecords {

    private static final Instant CREATED = Instant.parse("2026-11-23T10:00:00Z");

    private TestRecords() {}

    /** An image to be judged. */
    public static Image image(String promptId, int index, int groupSize) {
        return image(promptId, index, groupSize, Purpose.JUDGE, pixels(index));
    }

    private static BlobRef pixels(int index) {
        return new BlobRef("%02x".formatted(index).repeat(32), 7L, "image/png");
    }

    /** An image. */
    public static Image image(String promptId, int index, int groupSize, Purpose purpose, BlobRef pixels) {
        return new Image(
                Ids.imageId(promptId, "base", index, 7),
                promptId,
                "a red cube",
                purpose,
                "base",
                null,
                index,
                groupSize,
                purpose == Purpose.ROLLOUT ? "group" : null,
                7L,
                7.5f,
                8,
                pixels,
                64,
                64,
                null,
                CREATED);
    }

    /** A task of an image. */
    public static GenerationTask task(String promptId, int index, int groupSize, Purpose purpose) {
        return new GenerationTask(
                Ids.imageId(promptId, "base", index, 7),
                promptId,
                "a red cube",
                purpose,
                "base",
                index,
                groupSize,
                null,
                null,
                7L,
                7.5f,
                8,
                0,
                0f,
                CREATED);
    }

    /** A whole group of an image for each of some pixels. */
    public static ImageGroup group(String promptId, Purpose purpose, BlobRef... pixels) {
        var images = IntStream.range(0, pixels.length)
                .mapToObj(index -> image(promptId, index, pixels.length, purpose, pixels[index]))
                .toList();
        return new ImageGroup(
                Ids.groupId(promptId), promptId, "a red cube", List.copyOf(images), pixels.length, CREATED);
    }
}
