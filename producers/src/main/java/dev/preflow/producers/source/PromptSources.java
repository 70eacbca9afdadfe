package dev.preflow.producers.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** Opens prompt sources. */
public final class PromptSources {

    /** Longest entry taken, in bytes. Kafka takes records of 1 MiB; half of it leaves room for what surrounds the words. */
    public static final int MAX_ENTRY_BYTES = 512 * 1024;

    private static final int OK = 200;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FIRST_BYTE_TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private PromptSources() {}

    /**
     * A file, in the format that its name promises.
     *
     * @param file {@code .jsonl} or {@code .ndjson} for JSON lines, {@code .json} for an array, anything else for lines
     * @return the open source, named "file:" and the file's name
     * @throws IOException when the file cannot be opened
     */
    public static PromptSource file(Path file) throws IOException {
        var name = String.valueOf(file.getFileName());
        var in = Files.newInputStream(file);
        try {
            return stream("file:" + name, PromptFormat.ofFileName(name), in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * An open stream, such as standard input.
     *
     * @param name what the prompts are marked with
     * @param format how they are written
     * @param in the bytes; closed with the source
     * @return the source
     * @throws IOException when its start cannot be read
     */
    public static PromptSource stream(String name, PromptFormat format, InputStream in) throws IOException {
        return switch (format) {
            case LINES -> new LineSource(name, false, in, MAX_ENTRY_BYTES);
            case JSON_LINES -> new LineSource(name, true, in, MAX_ENTRY_BYTES);
            case JSON_ARRAY -> new JsonArraySource(name, in, MAX_ENTRY_BYTES);
        };
    }

    /**
     * What a web address answers, in the format that its Content-Type promises. The address is the operator's word: never
     * pass one that a user of the system wrote. Redirects are not followed.
     *
     * @param address an http or https address
     * @return the source, reading as the answer arrives; named "http:" and the host
     * @throws IOException when there is no answer within a minute or its status is not 200
     * @throws InterruptedException when the thread is interrupted while it waits for the answer
     */
    public static PromptSource http(URI address) throws IOException, InterruptedException {
        if (address.getScheme() == null || !SCHEMES.contains(address.getScheme()) || address.getHost() == null) {
            throw new IllegalArgumentException("A prompt source needs an http or https address, not " + address);
        }
        var client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
        var request =
                HttpRequest.newBuilder(address).timeout(FIRST_BYTE_TIMEOUT).build();
        var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != OK) {
            response.body().close();
            throw new IOException("The prompt source at %s answered with status %d, not 200"
                    .formatted(address.getHost(), response.statusCode()));
        }
        var format = PromptFormat.ofContentType(
                response.headers().firstValue("Content-Type").orElse(""));
        return stream("http:" + address.getHost(), format, response.body());
    }
}
