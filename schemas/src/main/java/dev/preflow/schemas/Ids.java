package dev.preflow.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deterministic identities: work that is repeated after a crash yields the ids it yielded before, and whoever counts by id
 * counts every effect once. An id is the first 128 bits of the SHA-256 over the kind of thing and its parts, each with its
 * length before it so that no two lists of parts run together; in 32 lower-case hexadecimal digits.
 */
public final class Ids {

    private static final int BYTES = 16;

    private Ids() {}

    /**
     * A fresh identity for a prompt that came without one.
     *
     * @return a random UUID
     */
    public static String newPromptId() {
        return UUID.randomUUID().toString();
    }

    /**
     * The identity of an image to be judged, and of its task.
     *
     * @param promptId the prompt
     * @param generator the generator's name
     * @param index place within the group
     * @param seed the seed
     * @return the id
     */
    public static String imageId(String promptId, String generator, int index, long seed) {
        return imageId(promptId, generator, index, seed, null);
    }

    /**
     * The identity of an image, and of its task.
     *
     * @param promptId the prompt
     * @param generator the generator's name
     * @param index place within the group
     * @param seed the seed
     * @param rolloutGroup the rollout group; null for an image to be judged
     * @return the id
     */
    public static String imageId(
            String promptId, String generator, int index, long seed, @Nullable String rolloutGroup) {
        var parts = List.of(promptId, generator, Integer.toString(index), Long.toString(seed));
        return rolloutGroup == null
                ? id("image", parts)
                : id("rollout-image", List.of(parts.get(0), parts.get(1), parts.get(2), parts.get(3), rolloutGroup));
    }

    /**
     * The identity of the group of a prompt's images.
     *
     * @param promptId the prompt
     * @return the id
     */
    public static String groupId(String promptId) {
        return id("group", List.of(promptId));
    }

    /**
     * The identity of an annotator's word on a group.
     *
     * @param groupId the group
     * @param annotator the annotator's name
     * @return the id
     */
    public static String annotationId(String groupId, String annotator) {
        return id("annotation", List.of(groupId, annotator));
    }

    /**
     * The identity of a preference; the same whichever of the two images is the better, so that a judge who is asked again
     * and changes its mind contradicts itself instead of counting twice.
     *
     * @param annotationId the annotation
     * @param imageId one image
     * @param otherImageId the other image
     * @param aspect the aspect compared; null for the mean of the four
     * @return the id
     */
    public static String preferenceId(
            String annotationId, String imageId, String otherImageId, @Nullable Aspect aspect) {
        boolean ordered = imageId.compareTo(otherImageId) <= 0;
        return id(
                "preference",
                List.of(
                        annotationId,
                        ordered ? imageId : otherImageId,
                        ordered ? otherImageId : imageId,
                        aspect == null ? "mean" : aspect.name()));
    }

    /**
     * The identity of a score.
     *
     * @param imageId the image
     * @param rewardRelease the release that scored it
     * @return the id
     */
    public static String scoreId(String imageId, String rewardRelease) {
        return id("score", List.of(imageId, rewardRelease));
    }

    /**
     * The identity of a rollout.
     *
     * @param imageId the image
     * @param rewardRelease the release that scored it
     * @return the id
     */
    public static String rolloutId(String imageId, String rewardRelease) {
        return id("rollout", List.of(imageId, rewardRelease));
    }

    /**
     * The identity of a release: the same files are the same release, in whatever order they are listed.
     *
     * @param kind what it replaces
     * @param files its files
     * @return the id
     */
    public static String releaseId(ReleaseKind kind, List<ReleaseFile> files) {
        var parts = files.stream()
                .sorted(Comparator.comparing(ReleaseFile::getPath))
                .flatMap(file -> List.of(file.getPath(), file.getBlob().getSha256()).stream())
                .toList();
        return id("release-" + kind.name(), parts);
    }

    /**
     * The identity of a dead letter.
     *
     * @param topic where the record lay
     * @param partition its partition
     * @param offset its offset
     * @return the id
     */
    public static String deadLetterId(String topic, int partition, long offset) {
        return id("dead-letter", List.of(topic, Integer.toString(partition), Long.toString(offset)));
    }

    /**
     * The identity of anything else that must be derivable twice.
     *
     * @param kind what it identifies
     * @param parts what determines it, in order
     * @return the id
     */
    public static String id(String kind, List<String> parts) {
        var digest = sha256();
        update(digest, kind);
        parts.forEach(part -> update(digest, part));
        return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), BYTES));
    }

    private static void update(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
