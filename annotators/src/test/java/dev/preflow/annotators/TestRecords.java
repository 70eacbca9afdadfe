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
    private static final BlobRef PIXELS = new BlobRef("ab".repeat(32), 7L, "image/png");

    private TestRecords() {}

    /** An image to be judged. */
    public static Image image(String promptId, int index, int groupSize) {
        return image(promptId, index, groupSize, Purpose.JUDGE, PIXELS);
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

    /** A whole group whose images share their pixels. */
    public static ImageGroup group(String promptId, int size, BlobRef pixels) {
        var images = IntStream.range(0, size)
                .mapToObj(index -> image(promptId, index, size, Purpose.JUDGE, pixels))
                .toList();
        return new ImageGroup(Ids.groupId(promptId), promptId, "a red cube", List.copyOf(images), size, CREATED);
    }
}
