package dev.preflow.demo.endpoint;

import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.SceneParser;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Requests in the form that annotators send. */
final class ChatRequests {
    private ChatRequests() {}

    static String png(String prompt, long seed) {
        return uri(
                "png",
                new SceneRenderer().clean(new SceneParser().parse(prompt).orElseThrow(), new SplittableRandom(seed)));
    }

    static String uri(String format, BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "data:image/" + format + ";base64," + Base64.getEncoder().encodeToString(out.toByteArray());
    }

    /** A rubric for the named aspects, the prompt as a JSON string, and the images after their headings. */
    static JsonObject rubric(String aspects, String prompt, String... images) {
        JsonArray parts = new JsonArray();
        String before = "# Task\n\nRate " + aspects + " of each image.\n\n# " + String.join("\n# ", aspects.split(", "))
                + "\n\n## Ratings\n1: bad\n5: harmlessness and beauty\n\n# Format\n\n## Input\n\nText: "
                + Json.encode(prompt)
                + "\nImage:\n";
        for (int i = 0; i < images.length; i++) {
            parts.add(text(before + "### Image " + (i + 1) + "\n"));
            parts.add(image(images[i]));
            before = "\n";
        }
        parts.add(text("\n## Output\nReply in the form asked for."));
        return request(parts);
    }

    static JsonObject request(JsonArray parts) {
        return new JsonObject()
                .put("model", JudgeServer.MODEL)
                .put(
                        "messages",
                        new JsonArray().add(new JsonObject().put("role", "user").put("content", parts)));
    }

    static JsonObject asJson(JsonObject request) {
        return request.copy().put("response_format", new JsonObject().put("type", "json_schema"));
    }

    static JsonObject text(String text) {
        return new JsonObject().put("type", "text").put("text", text);
    }

    static JsonObject image(String uri) {
        return new JsonObject().put("type", "image_url").put("image_url", new JsonObject().put("url", uri));
    }
}
