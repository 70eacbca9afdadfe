package dev.preflow.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void shouldGiveTheSameIdForTheSameParts() {
        // written down: an id that changes between releases would count old work twice
        assertThat(Ids.imageId("p", "policy", 0, 42)).isEqualTo("29344564380b6ca576e1d965404e843e");
        assertThat(Ids.groupId("p")).matches("[0-9a-f]{32}").isEqualTo(Ids.groupId("p"));
    }

    @Test
    void shouldKeepPartsApart() {
        assertThat(Ids.id("kind", List.of("ab", "c"))).isNotEqualTo(Ids.id("kind", List.of("a", "bc")));
        assertThat(Ids.scoreId("i", "r")).isNotEqualTo(Ids.rolloutId("i", "r"));
        assertThat(Ids.imageId("p", "g", 0, 1)).isNotEqualTo(Ids.imageId("p", "g", 0, 1, "group"));
        assertThat(Ids.deadLetterId("t", 1, 11)).isNotEqualTo(Ids.deadLetterId("t", 11, 1));
    }

    @Test
    void shouldIdentifyAPairWhicheverIsBetter() {
        assertThat(Ids.preferenceId("a", "x", "y", Aspect.FIDELITY))
                .isEqualTo(Ids.preferenceId("a", "y", "x", Aspect.FIDELITY))
                .isNotEqualTo(Ids.preferenceId("a", "x", "y", null));
    }

    @Test
    void shouldIdentifyAReleaseByItsFilesInAnyOrder() {
        var one = new ReleaseFile("a", Samples.blob());
        var two = new ReleaseFile("b", new BlobRef("cd".repeat(32), 1L, "application/json"));

        assertThat(Ids.releaseId(ReleaseKind.POLICY, List.of(one, two)))
                .isEqualTo(Ids.releaseId(ReleaseKind.POLICY, List.of(two, one)))
                .isNotEqualTo(Ids.releaseId(ReleaseKind.REWARD, List.of(one, two)))
                .isNotEqualTo(Ids.releaseId(ReleaseKind.POLICY, List.of(one)));
    }
}
