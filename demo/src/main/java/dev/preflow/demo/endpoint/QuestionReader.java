package dev.preflow.demo.endpoint;

import dev.preflow.demo.judge.Aspect;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Understands a chat request: the prompt stands after "Text:" as in VisionPrefer's template (as a JSON string or bare up to
 * "Image:"), the aspects are those that a heading or, failing that, the words name. A request without such a template is taken as
 * the prompt itself, to be rated in all aspects.
 */
final class QuestionReader {
    private static final Pattern QUOTED =
            Pattern.compile("^\\s*Text:\\s*(\"(?:[^\"\\\\\\n]|\\\\.)*+\")\\s*$", Pattern.MULTILINE);
    private static final Pattern BARE =
            Pattern.compile("^\\s*Text:\\s*(.*?)\\s*(?=^\\s*Image:|^\\s*#|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

    private final int mostImages;

    QuestionReader(int mostImages) {
        this.mostImages = mostImages;
    }

    /**
     * Reads a request's body.
     *
     * @throws ApiException when it is not a chat request with images
     */
    JudgeQuestion read(@Nullable Buffer body) {
        try {
            return read(new JsonObject(body == null ? Buffer.buffer() : body));
        } catch (DecodeException | ClassCastException e) {
            throw ApiException.badRequest("invalid_json", "The body is not the JSON of a chat completion request.");
        }
    }

    private JudgeQuestion read(JsonObject request) {
        String model = request.getString("model");
        if (model == null) {
            throw ApiException.badRequest("missing_model", "Name a model: '" + JudgeServer.MODEL + "'.");
        }
        if (!model.equals(JudgeServer.MODEL)) {
            throw ApiException.unknownModel(model);
        }
        if (Boolean.TRUE.equals(request.getBoolean("stream"))) {
            throw ApiException.badRequest("unsupported_stream", "Streaming is not supported; leave out 'stream'.");
        }
        JsonArray messages = request.getJsonArray("messages");
        if (messages == null || messages.isEmpty()) {
            throw ApiException.badRequest("missing_messages", "'messages' must hold at least one message.");
        }
        StringBuilder text = new StringBuilder();
        List<String> images = new ArrayList<>();
        int words = 0;
        for (int i = 0; i < messages.size(); i++) {
            JsonObject message = messages.getJsonObject(i);
            StringBuilder said = new StringBuilder();
            collect(message.getValue("content"), said, images);
            words += TokenCount.words(said.toString());
            if ("user".equals(message.getString("role"))) {
                text.append(said).append('\n');
            }
        }
        if (images.isEmpty()) {
            throw ApiException.badRequest(
                    "missing_images", "There is no image to judge: add parts of type 'image_url'.");
        }
        if (images.size() > mostImages) {
            throw ApiException.badRequest(
                    "too_many_images", images.size() + " images are more than the " + mostImages + " allowed.");
        }
        return new JudgeQuestion(prompt(text), aspects(text), images, json(request), words);
    }

    private static void collect(@Nullable Object content, StringBuilder text, List<String> images) {
        if (content instanceof String words) {
            text.append(words);
            return;
        }
        if (!(content instanceof JsonArray parts)) {
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            JsonObject part = parts.getJsonObject(i);
            String type = part.getString("type", "");
            switch (type) {
                case "text" -> text.append(part.getString("text", ""));
                case "image_url" ->
                    images.add(part.getJsonObject("image_url", new JsonObject()).getString("url", ""));
                default ->
                    throw ApiException.badRequest(
                            "unsupported_part",
                            "A part of type '" + type + "' is not supported; use 'text' and 'image_url'.");
            }
        }
    }

    private static String prompt(CharSequence text) {
        Matcher quoted = QUOTED.matcher(text);
        if (quoted.find()) {
            return (String) Json.decodeValue(quoted.group(1));
        }
        Matcher bare = BARE.matcher(text);
        return bare.find() ? bare.group(1) : text.toString();
    }

    /** Headings first: a rubric for one aspect may mention another in passing. What the prompt itself says does not count. */
    private static List<Aspect> aspects(CharSequence text) {
        String instructions = BARE.matcher(QUOTED.matcher(text).replaceAll("")).replaceAll("");
        List<Aspect> headed = found(instructions, "(?mi)^#+\\s*%s\\b");
        if (!headed.isEmpty()) {
            return headed;
        }
        List<Aspect> named = found(instructions, "(?i)\\b%s\\b");
        return named.isEmpty() ? List.of(Aspect.values()) : named;
    }

    private static List<Aspect> found(String text, String pattern) {
        record Place(Aspect aspect, int at) {}
        return Stream.of(Aspect.values())
                .flatMap(aspect -> {
                    String name = aspect.name().toLowerCase(Locale.ROOT).replace("_", "[- _]?");
                    Matcher matcher =
                            Pattern.compile(String.format(pattern, name)).matcher(text);
                    return matcher.find() ? Stream.of(new Place(aspect, matcher.start())) : Stream.empty();
                })
                .sorted(Comparator.comparingInt(Place::at))
                .map(Place::aspect)
                .toList();
    }

    private static boolean json(JsonObject request) {
        JsonObject format = request.getJsonObject("response_format");
        return format != null && !"text".equals(format.getString("type"));
    }
}
