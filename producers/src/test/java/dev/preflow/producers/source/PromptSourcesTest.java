package dev.preflow.producers.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.producers.source.SourceEntry.Refused;
import dev.preflow.producers.source.SourceEntry.Words;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptSourcesTest {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    @TempDir
    Path folder;

    @Test
    void shouldReadLinesWithByteOrderMarkCrlfEmptyLinesAndNoLastLineEnd() throws IOException {
        var entries = entries(file("prompts.txt", BYTE_ORDER_MARK + "a red fox\r\n\r\n   \n  two owls  \nдва кота 🐈"));

        assertThat(entries)
                .containsExactly(
                        new Words(1, "a red fox", null),
                        new Words(4, "  two owls  ", null),
                        new Words(5, "два кота 🐈", null));
    }

    @Test
    void shouldRefuseALineThatIsTooLongAndReadOn() throws IOException {
        var entries = entries(file("prompts.txt", "first\n" + "x".repeat(2 * 1024 * 1024) + "\nlast\n"));

        assertThat(entries).hasSize(3);
        assertThat(entries.get(1)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.position()).isEqualTo(2);
            assertThat(refused.reason()).contains("2097152").contains("524288");
        });
        assertThat(entries.get(2)).isEqualTo(new Words(3, "last", null));
    }

    @Test
    void shouldTakeALineOfExactlyTheLimit() throws IOException {
        var longest = "x".repeat(PromptSources.MAX_ENTRY_BYTES);

        assertThat(entries(file("a.txt", longest + "\r\n" + longest + "x")))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new Words(1, longest, null)),
                        second -> assertThat(second).isInstanceOf(Refused.class));
    }

    @Test
    void shouldRefuseALineThatIsNotUtf8() throws IOException {
        var file = folder.resolve("latin.txt");
        Files.write(file, "caf\u00e9\ncoffee\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(entries(PromptSources.file(file)))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
                                        .contains("UTF-8")),
                        second -> assertThat(second).isEqualTo(new Words(2, "coffee", null)));
    }

    @Test
    void shouldReadJsonLinesOfStringsAndObjects() throws IOException {
        var entries = entries(file("prompts.jsonl", """
                "a fox"
                {"text": "an owl", "id": "007"}

                {"id": 12, "prompt": "a\\nhare", "ranking": [1, 2]}
                {"words": "a mole"}
                {"text": "half
                {"text": "a newt"} {"text": "another"}
                "\\ud83d"
                null
                {"text": ""}
                """));

        assertThat(entries).hasSize(9);
        assertThat(entries.get(0)).isEqualTo(new Words(1, "a fox", null));
        assertThat(entries.get(1)).isEqualTo(new Words(2, "an owl", "007"));
        assertThat(entries.get(2)).isEqualTo(new Words(4, "a\nhare", "12"));
        assertThat(entries.get(3)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.position()).isEqualTo(5);
            assertThat(refused.reason()).contains("\"text\"").contains("a mole");
        });
        assertThat(entries.subList(4, 8)).allMatch(Refused.class::isInstance);
        assertThat(entries.get(6)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
                .contains("surrogate"));
        // blank words are a prompt: the planner gives it its terminal state
        assertThat(entries.get(8)).isEqualTo(new Words(10, "", null));
    }

    @Test
    void shouldReadAJsonArrayElementByElement() throws IOException {
        var entries = entries(file(
                "prompts.json",
                BYTE_ORDER_MARK + "[\"a fox\", {\"id\": \"x\", \"prompt\": \"an owl\"}, 3, \"" + "y".repeat(600_000)
                        + "\", \"a hare\"]"));

        assertThat(entries).hasSize(5);
        assertThat(entries.get(0)).isEqualTo(new Words(1, "a fox", null));
        assertThat(entries.get(1)).isEqualTo(new Words(2, "an owl", "x"));
        assertThat(entries.get(2)).isInstanceOf(Refused.class);
        assertThat(entries.get(3)).isInstanceOf(Refused.class);
        assertThat(entries.get(4)).isEqualTo(new Words(5, "a hare", null));
    }

    @Test
    void shouldNameTheSourceAndTheElementWhenAJsonArrayBreaksOff() throws IOException {
        try (var source = file("prompts.json", "[\"a fox\", \"an ow")) {
            assertThat(source.next()).isEqualTo(new Words(1, "a fox", null));
            assertThatThrownBy(source::next)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("file:prompts.json")
                    .hasMessageContaining("element 2");
        }
    }

    @Test
    void shouldSayWhatToDoWhenAJsonFileHoldsNoArray() throws IOException {
        try (var source = file("prompts.json", "{\"text\": \"a fox\"}")) {
            assertThatThrownBy(source::next).isInstanceOf(IOException.class).hasMessageContaining(".jsonl");
        }
    }

    @Test
    void shouldReadAnEmptyFileAsNothing() throws IOException {
        assertThat(entries(file("none.txt", ""))).isEmpty();
    }

    @Test
    void shouldAskASupplierUntilItHasNoMore() throws IOException {
        Iterator<String> words = List.of("a fox", "an owl").iterator();
        var source =
                new SuppliedSource("grammar", () -> words.hasNext() ? Optional.of(words.next()) : Optional.empty());

        assertThat(entries(source)).containsExactly(new Words(1, "a fox", null), new Words(2, "an owl", null));
    }

    @Test
    void shouldReadStandardInputInTheFormatNamed() throws IOException {
        var in = new ByteArrayInputStream("\"a fox\"\n".getBytes(StandardCharsets.UTF_8));

        assertThat(entries(PromptSources.stream("stdin", PromptFormat.JSON_LINES, in)))
                .containsExactly(new Words(1, "a fox", null));
    }

    @Test
    void shouldReadOverHttpByContentTypeAndRefuseOtherStatus() throws Exception {
        var vertx = Vertx.vertx();
        try {
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> {
                        switch (request.path()) {
                            case "/lines" -> request.response().end("a fox\nan owl\n");
                            case "/json" ->
                                request.response()
                                        .putHeader("Content-Type", "application/json; charset=utf-8")
                                        .end("[\"a fox\"]");
                            default -> request.response().setStatusCode(404).end();
                        }
                    })
                    .listen(0, "localhost")
                    .await();
            var base = "http://localhost:" + server.actualPort();

            assertThat(entries(PromptSources.http(URI.create(base + "/lines")))).hasSize(2);
            assertThat(entries(PromptSources.http(URI.create(base + "/json"))))
                    .containsExactly(new Words(1, "a fox", null));
            assertThatThrownBy(() -> PromptSources.http(URI.create(base + "/none")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("404");
            assertThatThrownBy(() -> PromptSources.http(URI.create("file:///etc/hostname")))
                    .isInstanceOf(IllegalArgumentException.class);
        } finally {
            vertx.close().await();
        }
    }

    private PromptSource file(String name, String content) throws IOException {
        return PromptSources.file(Files.writeString(folder.resolve(name), content));
    }

    private static List<SourceEntry> entries(PromptSource source) throws IOException {
        var entries = new ArrayList<SourceEntry>();
        try (source) {
            for (var entry = source.next(); entry != null; entry = source.next()) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
