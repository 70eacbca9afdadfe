package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Image;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of a group.
 *
 * @param done whether it was closed; then the rest is empty
 * @param due when it is closed as it is or, once it is done, forgotten; in milliseconds of the epoch
 * @param expected how many images it asks for
 * @param promptText the words of the prompt
 * @param images what was drawn, by index
 * @param failed the indices that will not be drawn
 * @param lastFailure offset of the last dead letter of the group; -1 when there was none
 */
record GroupState(
        boolean done,
        long due,
        int expected,
        String promptText,
        SortedMap<Integer, Image> images,
        SortedSet<Integer> failed,
        long lastFailure) {

    static GroupState open(GroupEvent first) {
        return new GroupState(false, 0, first.groupSize(), first.promptText(), new TreeMap<>(), new TreeSet<>(), -1);
    }

    static GroupState closed(long forgetAt) {
        return new GroupState(true, forgetAt, 0, "", new TreeMap<>(), new TreeSet<>(), -1);
    }

    /** The state after an event; empty when the event says nothing new. */
    Optional<GroupState> with(GroupEvent event, long due) {
        var nextImages = new TreeMap<>(images);
        var nextFailed = new TreeSet<>(failed);
        long failure = lastFailure;
        if (images.containsKey(event.index())) {
            return Optional.empty();
        }
        if (event instanceof GroupEvent.Drawn drawn) {
            // a task that was given up and was drawn after all has an image
            nextFailed.remove(event.index());
            nextImages.put(event.index(), drawn.image());
        } else if (event instanceof GroupEvent.Failed failed) {
            if (!nextFailed.add(event.index())) {
                return Optional.empty();
            }
            failure = failed.offset();
        }
        return Optional.of(new GroupState(false, due, expected, promptText, nextImages, nextFailed, failure));
    }

    boolean isComplete() {
        return images.size() + failed.size() >= expected;
    }
}
