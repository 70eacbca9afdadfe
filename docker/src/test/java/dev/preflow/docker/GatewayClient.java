package dev.preflow.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a user of the gateway does. */
final class GatewayClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data: ";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    GatewayClient(String host, int port) {
        base = URI.create("http://" + host + ":" + port);
    }

    /** Sends prompts. */
    void push(Map<String, String> textsById) throws IOException, InterruptedException {
        var body = JSON.createArrayNode();
        textsById.forEach((id, text) -> body.addObject().put("id", id).put("text", text));
        var request = HttpRequest.newBuilder(base.resolve("/v1/prompts"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    }

    /** What became of a prompt. */
    JsonNode prompt(String id) throws IOException, InterruptedException {
        return JSON.readTree(get("/v1/prompts/" + id, HttpResponse.BodyHandlers.ofString()));
    }

    /** The bytes at a path. */
    byte[] bytes(String path) throws IOException, InterruptedException {
        return get(path, HttpResponse.BodyHandlers.ofByteArray());
    }

    /**
     * Follows the stream of scores until the connection ends.
     *
     * @return the ids of the images scored since, growing
     */
    Set<String> followScores() {
        Set<String> images = ConcurrentHashMap.newKeySet();
        http.sendAsync(request("/v1/scores?purpose=judge"), HttpResponse.BodyHandlers.ofLines())
                .thenAccept(response -> response.body()
                        .filter(line -> line.startsWith(DATA))
                        .map(line -> read(line.substring(DATA.length())))
                        .filter(event -> event.has("image"))
                        .forEach(
                                event -> images.add(event.get("image").get("id").textValue())));
        return images;
    }

    private <T> T get(String path, HttpResponse.BodyHandler<T> handler) throws IOException, InterruptedException {
        var response = http.send(request(path), handler);
        assertThat(response.statusCode()).as("GET %s", path).isEqualTo(200);
        return response.body();
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).build();
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
