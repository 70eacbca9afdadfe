package dev.preflow.app.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Reads server-sent events as a browser does: the id stays until another comes. */
final class EventStream implements AutoCloseable {

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    record Event(String id, String name, String data) {}

    EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        var thread = new Thread(this::read, "event-stream");
        thread.setDaemon(true);
        thread.start();
    }

    int status() {
        return response.statusCode();
    }

    /** The next event that has a name, or the id alone under the name "id". */
    Event next() throws InterruptedException {
        var event = events.poll(20, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("No event has come within 20 s");
        }
        return event;
    }

    Event next(String name) throws InterruptedException {
        for (var event = next(); ; event = next()) {
            if (event.name().equals(name)) {
                return event;
            }
        }
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            var id = "";
            var name = "id";
            var data = "";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty()) {
                    events.add(new Event(id, name, data));
                    name = "id";
                    data = "";
                }
            }
        } catch (IOException e) {
            events.add(new Event("", "closed", String.valueOf(e.getMessage())));
        }
    }
}
