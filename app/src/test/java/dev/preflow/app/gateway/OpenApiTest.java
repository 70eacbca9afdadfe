package dev.preflow.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.app.book.BookStats;
import dev.preflow.app.book.FailureView;
import dev.preflow.app.book.ImageView;
import dev.preflow.app.book.PromptBook;
import dev.preflow.app.book.PromptView;
import dev.preflow.app.book.RatingView;
import dev.preflow.app.book.ScoreView;
import dev.preflow.app.feed.ScoreFeed;
import dev.preflow.app.feed.TopicScoreHistory;
import dev.preflow.app.status.EvalHistory;
import dev.preflow.app.status.EvalPoint;
import dev.preflow.app.status.ReleaseView;
import dev.preflow.app.status.StatusBoard;
import dev.preflow.app.status.StatusView;
import dev.preflow.producers.plan.PromptRules;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.observe.Health;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OpenApiTest {

    /** Nothing listens there: the document is compared with routes, not with answers. */
    private static final KafkaConnection KAFKA = KafkaConnection.to("127.0.0.1:9");

    @TempDir
    Path directory;

    private static JsonNode document() throws IOException {
        try (InputStream in = Gateway.class.getResourceAsStream("/openapi.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static List<Arguments> views() {
        return List.of(
                Arguments.of("Accepted", PromptRoutes.Accepted.class),
                Arguments.of("Prompt", PromptView.class),
                Arguments.of("Image", ImageView.class),
                Arguments.of("Rating", RatingView.class),
                Arguments.of("ImageScore", ScoreView.class),
                Arguments.of("Failure", FailureView.class),
                Arguments.of("ScoreEvent", ScoreEvent.class),
                Arguments.of("JudgedEvent", ScoreRoutes.Judged.class),
                Arguments.of("Release", ReleaseView.class),
                Arguments.of("EvalPoint", EvalPoint.class),
                Arguments.of("Status", StatusView.class),
                Arguments.of("Health", OperationsRoutes.HealthView.class),
                Arguments.of("Problem", Problem.class));
    }

    @ParameterizedTest
    @MethodSource("views")
    void shouldDescribeEveryFieldThatIsSent(String schema, Class<?> view) throws IOException {
        assertThat(fields(document().at("/components/schemas/" + schema + "/properties")))
                .isEqualTo(components(view));
    }

    @Test
    void shouldDescribeTheCountsOfPrompts() throws IOException {
        assertThat(fields(document().at("/components/schemas/Status/properties/prompts/properties")))
                .isEqualTo(components(BookStats.class));
    }

    @Test
    void shouldDescribeEveryRouteAndNoOther() throws IOException {
        var described = new TreeSet<String>();
        document().get("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

        assertThat(routes()).isEqualTo(described);
    }

    @Test
    void shouldReferOnlyToWhatItDefines() throws IOException {
        var document = document();

        assertThat(document.findValuesAsText("$ref")).isNotEmpty().allSatisfy(reference -> assertThat(
                        document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    /** What the gateway serves, in OpenAPI's way of writing; the page's own files are not part of the interface. */
    private Set<String> routes() throws IOException {
        var vertx = Vertx.vertx();
        try (var publisher = new Publisher(KAFKA)) {
            var options = new GatewayOptions("127.0.0.1", 0, 1, 1, 1, new PromptRules(1, 4));
            var services = services(publisher);
            var router = Gateway.router(vertx, options, services, new ScoreRoutes(vertx, services, options));
            return router.getRoutes().stream()
                    .filter(route -> route.getPath() != null && !route.getPath().equals("/"))
                    .flatMap(route -> route.methods().stream()
                            .map(method -> method.name() + " " + route.getPath().replaceAll(":(\\w+)", "{$1}")))
                    .collect(Collectors.toCollection(TreeSet::new));
        } finally {
            vertx.close().await();
        }
    }

    private GatewayServices services(Publisher publisher) throws IOException {
        var topics = Topics.withPrefix("test.");
        var book = new PromptBook(1);
        return new GatewayServices(
                topics,
                publisher,
                book,
                new ScoreFeed(1),
                new TopicScoreHistory(KAFKA, topics.scores()),
                new BlobStore(directory),
                new StatusBoard(book, new EvalHistory(1)),
                new Health(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    private static Set<String> fields(JsonNode properties) {
        var names = new TreeSet<String>();
        properties.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> components(Class<?> view) {
        return Arrays.stream(view.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
