package dev.preflow.app.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.Samples;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Image;
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
        var rated = Samples.image("p", 1);
        var annotation = Samples.annotation("p", List.of(rated), Samples.NOON);
        annotation = Annotation.newBuilder(annotation)
                .setImages(List.of(Samples.image("p", 0), rated))
                .build();

        assertThat(format.line(annotation)).endsWith("ratings -  2/2/2/2");
    }

    @Test
    void shouldNotLetAPromptSteerTheTerminal() {
        var image = Image.newBuilder(Samples.image("p", 0))
                .setPromptText("red\u001B[2J\rcircle")
                .build();

        assertThat(format.line(Samples.score(image, 0))).contains("\"red [2J circle\"");
    }
}
