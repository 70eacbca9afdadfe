package dev.preflow.app.book;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One prompt with what became of it.
 *
 * @param id identity of the prompt
 * @param text the words
 * @param source where it came from; absent when its record is no longer on the topic
 * @param createdAt when the first event about it was made, ISO 8601
 * @param state how far it has come
 * @param reason why it was given up, a short stable word; absent unless dead-lettered
 * @param detail why it was given up, for people; absent unless dead-lettered
 * @param endedAt when it came to its terminal state, ISO 8601; absent before
 * @param images its images by index
 * @param failures what was given up on the way, an image of the group for example
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromptView(
        String id,
        String text,
        @Nullable String source,
        String createdAt,
        PromptState state,
        @Nullable String reason,
        @Nullable String detail,
        @Nullable String endedAt,
        List<ImageView> images,
        List<FailureView> failures) {}
