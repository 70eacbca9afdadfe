package dev.preflow.app.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.Samples;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextFormatTest {

    private final TextFormat format = new TextFormat(ZoneOffset.UTC);

    @Test
    void shouldShowAScoreWithItsGeneratorAndRelease() {
        assertThat(format.line(Samples.score(Samples.image("p", 0), 1.5f)))
                .isEqualTo("12:00:03  score  +1.500  policy@policy-r  \"a red circle\"  image 00000000");
    }

    @Test
    void shouldShowTheRatingsOfEachImageAndADashWhereThereIsNone() {
        var images = List.of(Samples.image("p", 0), Samples.image("p", 1));
        var annotation = Samples.annotation("p", images, Samples.NOON);
        annotation.getRatings().removeIf(rating -> rating.getImageId()
                .equals(images.get(0).getId()));

        assertThat(format.line(annotation)).endsWith("ratings -  2/2/2/2");
    }

    @Test
    void shouldNotLetAPromptSteerTheTerminal() {
        var letter = Samples.deadLetter("red\u001B[2J\rcircle", "refused", true, Samples.NOON);

        assertThat(format.line(letter)).endsWith("prompt red [2J circle");
    }
}
