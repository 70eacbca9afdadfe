package dev.preflow.annotators.judgement;

import dev.preflow.annotators.judge.ContentPart;
import dev.preflow.annotators.reply.ImageRating;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Rating;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The images of a group as the judge sees them. Judges favour places, so the order is shuffled, in the same way whenever the
 * same group is shown: a raw reply that speaks of "Image 2" can still be understood later.
 *
 * @param images in the order shown
 * @param pictures their pixels, in the same order
 */
record Presentation(List<Image> images, List<ContentPart.Picture> pictures) {

    /** The order in which a group's images are shown; the same for equal ids. */
    static List<Image> order(String groupId, List<Image> images, boolean shuffled) {
        var order = new ArrayList<>(images);
        if (shuffled) {
            // java.util.Random and this shuffle are specified to the bit, on every platform
            Collections.shuffle(order, new Random(groupId.hashCode()));
        }
        return order;
    }

    /** The ratings of numbered images as ratings of the images themselves. */
    List<Rating> ratings(List<ImageRating> numbered) {
        return numbered.stream()
                .map(rating -> new Rating(
                        images.get(rating.image() - 1).getId(), rating.aspect(), rating.score(), rating.rationale()))
                .toList();
    }
}
