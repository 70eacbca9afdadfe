package dev.preflow.models.reward;

import java.util.ArrayList;
import java.util.List;

/**
 * Which scores of groups of captioned images are compared. Every image meets every caption of its group: in turn 0 its own, in
 * turn t that of the t-th image after it, in a circle. The scores of turn t follow those of turn t - 1.
 */
final class CaptionGroups {
    private final List<String> captions;
    private final int group;
    private final List<Integer> better = new ArrayList<>();
    private final List<Integer> worse = new ArrayList<>();

    CaptionGroups(List<String> captions, int group) {
        if (group < 2 || captions.size() % group != 0) {
            throw new IllegalArgumentException(captions.size() + " captions do not make groups of " + group);
        }
        this.captions = captions;
        this.group = group;
        int count = captions.size();
        for (int image = 0; image < count; image++) {
            for (int turn = 1; turn < group; turn++) {
                int caption = after(image, turn);
                if (!captions.get(image).equals(captions.get(caption))) {
                    int score = turn * count + image;
                    compare(image, score);
                    compare(caption, score);
                }
            }
        }
    }

    private void compare(int own, int other) {
        better.add(own);
        worse.add(other);
    }

    private int after(int image, int turn) {
        int first = image / group * group;
        return first + (image - first + turn) % group;
    }

    /** The caption that each image meets in a turn. */
    List<String> turned(int turn) {
        List<String> turned = new ArrayList<>();
        for (int image = 0; image < captions.size(); image++) {
            turned.add(captions.get(after(image, turn)));
        }
        return turned;
    }

    /** The scores of images with their own captions. */
    int[] better() {
        return better.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The scores that each of them must exceed. */
    int[] worse() {
        return worse.stream().mapToInt(Integer::intValue).toArray();
    }
}
