package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Image;

/** What can happen to a group: one of its images was drawn, or will never be. */
sealed interface GroupEvent {

    /** What the group is kept under: its prompt, or for the images of a rollout a key of their own. */
    String key();

    /** The words of the prompt. */
    String promptText();

    /** Place of the image within the group, from 0. */
    int index();

    /** How many images the group asks for. */
    int groupSize();

    /** An image was drawn. */
    record Drawn(Image image) implements GroupEvent {

        @Override
        public String key() {
            return GroupKeys.of(image.getPurpose(), image.getPromptId(), image.getRolloutGroup());
        }

        @Override
        public String promptText() {
            return image.getPromptText();
        }

        @Override
        public int index() {
            return image.getIndex();
        }

        @Override
        public int groupSize() {
            return image.getGroupSize();
        }
    }

    /**
     * A task was given up.
     *
     * @param key what the group is kept under
     * @param promptText the words of the prompt
     * @param index place of the image that is missing
     * @param groupSize how many images the group asks for
     * @param offset where on the dead letters' partition this was said
     */
    record Failed(String key, String promptText, int index, int groupSize, long offset) implements GroupEvent {}
}
