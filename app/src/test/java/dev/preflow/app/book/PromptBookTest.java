package dev.preflow.app.book;

import static dev.preflow.app.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.Samples;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.Purpose;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptBookTest {

    private final PromptBook book = new PromptBook(3);

    private PromptState state(String id) {
        return book.find(id).orElseThrow().state();
    }

    @Test
    void shouldTellHowFarAPromptHasCome() {
        var images = List.of(Samples.image("p", 0), Samples.image("p", 1));

        book.add(Samples.prompt("p", NOON));
        assertThat(state("p")).isEqualTo(PromptState.QUEUED);
        book.add(images.get(1));
        assertThat(state("p")).isEqualTo(PromptState.DRAWING);
        book.add(Samples.group("p", images));
        assertThat(state("p")).isEqualTo(PromptState.JUDGING);
        book.add(Samples.score(images.get(0), 0.5f));
        book.add(Samples.annotation("p", images, NOON.plusSeconds(9)));

        var view = book.find("p").orElseThrow();
        assertThat(view.state()).isEqualTo(PromptState.JUDGED);
        assertThat(view.endedAt()).isEqualTo("2026-11-23T12:00:09Z");
        assertThat(view.images()).extracting(ImageView::index).containsExactly(0, 1);
        assertThat(view.images().get(0).scores()).extracting(ScoreView::value).containsExactly(0.5f);
        assertThat(view.images().get(1).ratings()).hasSize(4).allMatch(rating -> rating.score() == 2);
    }

    @Test
    void shouldNotTakeJudgedRolloutsForThePromptsOwnImages() {
        var own = Samples.image("p", 0);
        var rollouts = List.of(Samples.image("p", 0, "policy", Purpose.ROLLOUT, own.getPixels()));
        book.add(Samples.prompt("p", NOON));

        book.add(Samples.group("p", rollouts));
        book.add(Samples.annotation("p", rollouts, NOON.plusSeconds(1)));
        assertThat(state("p")).isEqualTo(PromptState.QUEUED);

        book.add(own);
        book.add(Samples.annotation("p", List.of(own), NOON.plusSeconds(2)));
        assertThat(state("p")).isEqualTo(PromptState.JUDGED);
        assertThat(book.find("p").orElseThrow().images()).hasSize(1);
    }

    @Test
    void shouldCountAnEventThatIsDeliveredTwiceOnce() {
        var image = Samples.image("p", 0);
        for (int i = 0; i < 2; i++) {
            book.add(Samples.prompt("p", NOON));
            book.add(image);
            book.add(Samples.score(image, 1));
            book.add(Samples.annotation("p", List.of(image), NOON.plusSeconds(1)));
        }

        var view = book.find("p").orElseThrow();
        assertThat(view.images()).hasSize(1);
        assertThat(view.images().get(0).ratings()).hasSize(4);
        assertThat(view.images().get(0).scores()).hasSize(1);
        assertThat(book.stats().held()).isEqualTo(1);
        assertThat(book.stats().conflicts()).isZero();
    }

    @Test
    void shouldLetTheEarlierOfTwoTerminalStatesStandWhateverOrderTheyAreReadIn() {
        var judged = Samples.annotation("a", List.of(Samples.image("a", 0)), NOON.plusSeconds(5));
        var refused = Samples.deadLetter("a", "refused", true, NOON.plusSeconds(4));
        book.add(judged);
        book.add(refused);
        assertThat(state("a")).isEqualTo(PromptState.DEAD_LETTERED);

        var other = new PromptBook(3);
        other.add(refused);
        other.add(judged);
        assertThat(other.find("a").orElseThrow().state()).isEqualTo(PromptState.DEAD_LETTERED);
        assertThat(other.find("a").orElseThrow().reason()).isEqualTo("refused");
        assertThat(book.stats().conflicts()).isEqualTo(1);
        assertThat(other.stats().conflicts()).isEqualTo(1);
    }

    @Test
    void shouldKeepAPromptOpenWhenOnlyOneOfItsImagesWasGivenUp() {
        book.add(Samples.prompt("p", NOON));
        book.add(Samples.deadLetter("p", "attempts-exhausted", false, NOON));

        assertThat(state("p")).isEqualTo(PromptState.QUEUED);
        assertThat(book.find("p").orElseThrow().failures())
                .extracting(FailureView::reason)
                .containsExactly("attempts-exhausted");
    }

    @Test
    void shouldNotTakeAnAnnotationWithoutRatingsForAVerdict() {
        var empty = Samples.annotation("p", List.of(), NOON);
        book.add(empty);

        assertThat(state("p")).isNotEqualTo(PromptState.JUDGED);
    }

    @Test
    void shouldLetTheOldestEndedPromptGoFirst() {
        book.add(Samples.prompt("oldest-open", NOON));
        for (int i = 1; i <= 3; i++) {
            book.add(Samples.prompt("ended-" + i, NOON.plusSeconds(i)));
            book.add(Samples.deadLetter("ended-" + i, "refused", true, NOON.plusSeconds(10)));
        }

        assertThat(book.find("oldest-open")).isPresent();
        assertThat(book.find("ended-1")).isEmpty();
        assertThat(book.find("ended-3")).isPresent();
        assertThat(book.stats().evicted()).isEqualTo(1);
    }

    @Test
    void shouldNotBringAPromptBackThatWasLetGo() {
        for (int i = 0; i < 10; i++) {
            book.add(Samples.prompt("p" + i, NOON.plusSeconds(100 + i)));
        }
        book.add(Samples.image("p0", 0));

        assertThat(book.find("p0")).isEmpty();
        assertThat(book.recent(10, state -> true)).extracting(PromptView::id).containsExactly("p9", "p8", "p7");
    }

    @Test
    void shouldPassRolloutsOver() {
        book.add(Samples.image("p", 0, "policy", Purpose.ROLLOUT, new BlobRef("0".repeat(64), 1L, "image/png")));

        assertThat(book.find("p")).isEmpty();
    }

    @Test
    void shouldListTheNewestPromptsOfAState() {
        book.add(Samples.prompt("a", NOON));
        book.add(Samples.prompt("b", NOON.plusSeconds(1)));
        book.add(Samples.deadLetter("b", "refused", true, NOON.plusSeconds(2)));

        assertThat(book.recent(10, PromptState::terminal))
                .extracting(PromptView::id)
                .containsExactly("b");
        assertThat(book.recent(1, state -> true)).extracting(PromptView::id).containsExactly("b");
    }
}
