package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionGroupsTest {
    @Test
    void shouldCompareEveryImageAndEveryCaptionWithinItsGroup() {
        CaptionGroups groups = new CaptionGroups(List.of("a", "b", "c", "d"), 2);
        assertThat(groups.turned(0)).containsExactly("a", "b", "c", "d");
        assertThat(groups.turned(1)).containsExactly("b", "a", "d", "c");
        // scores 0 to 3 are of images with their own captions, 4 is of the first image with the second caption
        assertThat(groups.better()).containsExactly(0, 1, 1, 0, 2, 3, 3, 2);
        assertThat(groups.worse()).containsExactly(4, 4, 5, 5, 6, 6, 7, 7);
    }

    @Test
    void shouldNotCompareEqualCaptions() {
        CaptionGroups groups = new CaptionGroups(List.of("a", "a", "b"), 3);
        assertThat(groups.better()).hasSize(8).doesNotContain(3, 4, 5);
        assertThat(groups.turned(2)).containsExactly("b", "a", "a");
    }

    @Test
    void shouldRefuseIncompleteGroups() {
        assertThatThrownBy(() -> new CaptionGroups(List.of("a", "b", "c"), 2)).hasMessageContaining("groups of 2");
    }
}
