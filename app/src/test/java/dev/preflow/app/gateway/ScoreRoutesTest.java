package dev.preflow.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.Samples;
import dev.preflow.app.book.PromptBook;
import dev.preflow.app.feed.ScoreFeed;
import dev.preflow.app.feed.Scored;
import dev.preflow.app.status.EvalHistory;
import dev.preflow.app.status.StatusBoard;
import dev.preflow.producers.plan.PromptRules;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.observe.Health;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreRoutesTest {
    /** Nothing listens there, and nothing is published. */
    private static final KafkaConnection KAFKA = KafkaConnection.to("127.0.0.1:9");

    @TempDir
    Path directory;

    @Test
    void shouldMakeRoomAgainWhenOlderScoresCannotBeRead() throws Exception {
        var feed = new ScoreFeed(1);
        for (long offset = 0; offset < 2; offset++) {
            feed.add(new Scored(0, offset, Samples.score(Samples.image("p", 0), offset)));
        }
        var vertx = Vertx.vertx();
        try (var publisher = new Publisher(KAFKA)) {
            var book = new PromptBook(1);
            var services = new GatewayServices(
                    Topics.withPrefix("test."),
                    publisher,
                    book,
                    feed,
                    (from, until, limit) -> {
                        throw new IllegalStateException("Kafka is away");
                    },
                    new BlobStore(directory),
                    new StatusBoard(book, new EvalHistory(1)),
                    new Health(),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
            var router = Router.router(vertx);
            new ScoreRoutes(vertx, services, new GatewayOptions("127.0.0.1", 0, 1, 1, 1, new PromptRules(1, 4)))
                    .mount(router);
            var server = vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .await();
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/v1/scores"))
                    .header("Last-Event-ID", "0:0")
                    .build();
            var client = HttpClient.newHttpClient();

            for (int i = 0; i < 3; i++) {
                // one stream is all that the gateway takes; the body ends because the stream does
                var reply = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(reply.statusCode()).isEqualTo(200);
                assertThat(reply.body()).contains("id: 0:0");
            }
        } finally {
            vertx.close().await();
        }
    }
}
