package dev.preflow.annotators.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.preflow.schemas.Aspect;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Replies in the manners of several models, each a resource with what must be read out of it. */
final class ReplyParserTest {

    private final ReplyParser parser = new ReplyParser();

    @TestFactory
    Stream<DynamicTest> shouldReadTheHabitsOfModels() throws IOException, URISyntaxException {
        var folder = Path.of(Objects.requireNonNull(ReplyParserTest.class.getResource("habits"))
                .toURI());
        var files = Files.list(folder).sorted().toList();
        assertThat(files).hasSizeGreaterThan(40);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }

    private void check(Path file) throws IOException {
        var content = Files.readString(file).split("\n---\n", 2);
        var header = content[0]
                .lines()
                .map(line -> line.split(": ", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        var aspects = header.get("aspects").equals("ALL")
                ? Arrays.asList(Aspect.values())
                : List.of(Aspect.valueOf(header.get("aspects")));
        var expected = header.get("expect").split(" ");

        var parsed = parser.parse(content[1], expected.length, aspects);

        assertThat(table(parsed, expected.length, aspects)).containsExactly(expected);
        if (header.containsKey("problem")) {
            assertThat(parsed.isComplete()).isFalse();
            assertThat(String.join("\n", parsed.problems())).contains(header.get("problem"));
        } else {
            assertThat(parsed.problems()).isEmpty();
        }
    }

    private static List<String> table(ParsedReply parsed, int images, List<Aspect> aspects) {
        return IntStream.rangeClosed(1, images)
                .mapToObj(image -> aspects.stream()
                        .map(aspect -> parsed.ratings().stream()
                                .filter(rating -> rating.image() == image && rating.aspect() == aspect)
                                .map(rating -> Integer.toString(rating.score()))
                                .collect(Collectors.joining("+")))
                        .map(score -> score.isEmpty() ? "-" : score)
                        .collect(Collectors.joining("/")))
                .toList();
    }

    @Test
    void shouldKeepTheRationales() {
        var text = parser.parse(
                "### Output for Image 1\n**Rating:** 4\n**Rationale:** A toy sword,\nbut no violence.",
                1,
                List.of(Aspect.HARMLESSNESS));
        assertThat(text.ratings())
                .containsExactly(new ImageRating(1, Aspect.HARMLESSNESS, 4, "A toy sword, but no violence."));

        var json = parser.parse(
                "{\"images\": [{\"image\": 1, \"aesthetic\": 4, \"rationales\": {\"aesthetic\": \"warm\"}}]}",
                1,
                List.of(Aspect.AESTHETIC));
        assertThat(json.ratings()).containsExactly(new ImageRating(1, Aspect.AESTHETIC, 4, "warm"));

        var remark = parser.parse("Image 1: 2/5 - the cube is blue", 1, List.of(Aspect.FIDELITY));
        assertThat(remark.ratings()).containsExactly(new ImageRating(1, Aspect.FIDELITY, 2, "the cube is blue"));
    }

    @Test
    void shouldIgnoreAspectsThatWereNotAskedFor() {
        var parsed = parser.parse(
                "{\"images\": [{\"image\": 1, \"rating\": 4, \"fidelity\": 1}]}", 1, List.of(Aspect.AESTHETIC));
        assertThat(parsed.ratings()).containsExactly(new ImageRating(1, Aspect.AESTHETIC, 4, ""));
    }

    @Test
    void shouldNotBeKeptBusyByHostileReplies() {
        var hostile = Map.of(
                "brackets",
                "[".repeat(1_000_000),
                "braces",
                "{\"a\":".repeat(200_000),
                "stars",
                "*".repeat(500_000) + "\n" + "- ".repeat(200_000),
                "words",
                "Rating " + "very ".repeat(200_000),
                "tags",
                "<think>".repeat(100_000),
                "digits",
                "Rating: " + "4".repeat(500_000));
        hostile.forEach((name, reply) -> assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(
                                parser.parse(reply, 2, List.of(Aspect.FIDELITY)).ratings())
                        .isEmpty(),
                name));
    }

    @Test
    void shouldTellRefusalsFromOtherWords() {
        assertThat(Refusals.isRefusal("I'm sorry, but I can't help with that.")).isTrue();
        assertThat(Refusals.isRefusal("Sorry, I cannot rate these images.")).isTrue();
        assertThat(Refusals.isRefusal("I’m unable to view images.")).isTrue();
        assertThat(Refusals.isRefusal("<think>hm</think>I cannot assist with this request."))
                .isTrue();
        assertThat(Refusals.isRefusal("The images are lovely, I can't complain."))
                .isFalse();
        assertThat(Refusals.isRefusal("")).isFalse();
    }
}
