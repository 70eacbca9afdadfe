package dev.preflow.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopicsTest {

    private final Topics topics = Topics.withPrefix(Topics.DEFAULT_PREFIX);

    @Test
    void shouldNameEveryTopicOnceWithThePrefix() {
        assertThat(topics.all())
                .extracting(TopicSpec::name)
                .doesNotHaveDuplicates()
                .hasSize(10)
                .contains("preflow.images", "preflow.dead-letters")
                .allMatch(name -> name.startsWith("preflow."));
    }

    @Test
    void shouldPartitionImagesDeadLettersAndPromptsAlike() {
        assertThat(topics.images().partitions())
                .isEqualTo(topics.deadLetters().partitions())
                .isEqualTo(topics.prompts().partitions());
    }

    @Test
    void shouldCompactReleasesOnly() {
        assertThat(topics.all()).filteredOn(TopicSpec::compacted).containsExactly(topics.releases());
        assertThat(topics.releases().config()).containsEntry("cleanup.policy", "compact");
        assertThat(topics.tasks().config()).containsEntry("retention.ms", "604800000");
    }

    @Test
    void shouldRefuseATopicWithoutPartitions() {
        assertThatThrownBy(() -> Topics.of("x.", 0))
                .hasMessageContaining("x.prompts")
                .hasMessageContaining("not 0");
    }
}
