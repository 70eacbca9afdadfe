package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Image;

/** What can happen to a group: one of its images was drawn, or will never be. */
sealed interface GroupEvent {

    /** The prompt whose group it is. */
    String promptId();

    /** The words of the prompt. */
    String promptText();

    /** Place of the image within the group, from 0. */
    int index();

    /** How many images the group asks for. */
    int groupSize();

    /** An image was drawn. */
    record Drawn(Image image) implements GroupEvent {

        @Override
        public String promptId() {
            return image.getPromptId();
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
     * @param promptId the prompt
     * @param promptText its words
     * @param index place of the image that is missing
     * @param groupSize how many images the group asks for
     * @param offset where on the dead letters' partition this was said
     */
    record Failed(String promptId, String promptText, int index, int groupSize, long offset) implements GroupEvent {}
}
