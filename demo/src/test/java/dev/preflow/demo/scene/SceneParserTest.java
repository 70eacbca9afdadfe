package dev.preflow.demo.scene;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SceneParserTest {
    private final SceneParser parser = new SceneParser();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            A Red CIRCLE! | red circle
            please draw me one simple red circle, flat, on a grey background | red circle
            violet disc | purple circle
            two red circles | red circle and red circle
            3 blue squares | blue square and blue square and blue square
            a red circle to the left of a blue square | red circle left of blue square
            a blue square right of a red circle | red circle left of blue square
            a yellow triangle on top of a cyan square | yellow triangle above cyan square
            a cyan square under a yellow triangle | yellow triangle above cyan square
            a red circle, a green square and a blue triangle | blue triangle and green square and red circle
            """)
    void shouldReadWhatIsAskedFor(String text, String expected) {
        assertThat(parser.parse(text).map(SceneSpec::canonical)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "a portrait of an old sailor with a red beard, oil on canvas, circle of light behind the head",
                "people crossing red square at night, cinematic lighting, 35mm film, snow, highly detailed",
                "a circle of friends in a blue square room",
                "红色的圆",
                "красный круг",
                "🔴",
                "nude woman, photorealistic",
                "the red fox jumps over a green hill in a circle",
                "a red circle in the middle of a busy street with cars, shops and people under an umbrella",
                "four red circles",
                "a red and a blue circle",
                "a circle and a red square",
                "a pink circle and a blue square",
                "a red hexagon and a blue circle",
                "red circles",
                "one red circles",
                "a red circle without a blue square",
                "two red circles and two blue squares",
                "a red circle left of a green square above a blue triangle",
                "'; DROP TABLE prompts; --",
                "(((masterpiece))), best quality, 1girl, red hair, square glasses, triangle earrings",
            })
    void shouldFindNothingCheckableInRealWorldPrompts(String text) {
        assertThat(parser.parse(text)).isEmpty();
    }

    @Test
    void shouldReadLongTextsFast() {
        String text = "a red square in a very long story ".repeat(20_000);

        assertThat(parser.parse(text)).isEmpty();
    }
}
