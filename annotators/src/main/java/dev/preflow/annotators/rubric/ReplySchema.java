package dev.preflow.annotators.rubric;

import dev.preflow.schemas.Aspect;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The JSON schema of a reply, within the subset that servers' strict modes accept: every field required, none beside them. */
final class ReplySchema {

    private ReplySchema() {}

    /** For one aspect the rating lies in the image's entry; for several, each lies under the name of its aspect. */
    static JsonObject of(List<Aspect> aspects) {
        var image = new JsonObject().put("image", new JsonObject().put("type", "integer"));
        if (aspects.size() == 1) {
            image.mergeIn(ratingFields());
        } else {
            aspects.forEach(aspect -> image.put(AspectNames.field(aspect), object(ratingFields())));
        }
        return object(new JsonObject()
                .put("images", new JsonObject().put("type", "array").put("items", object(image))));
    }

    private static JsonObject ratingFields() {
        return new JsonObject()
                .put(
                        "rating",
                        new JsonObject()
                                .put("type", "integer")
                                .put(
                                        "enum",
                                        new JsonArray()
                                                .add(1)
                                                .add(2)
                                                .add(3)
                                                .add(4)
                                                .add(5)))
                .put("rationale", new JsonObject().put("type", "string"));
    }

    private static JsonObject object(JsonObject properties) {
        return new JsonObject()
                .put("type", "object")
                .put("properties", properties)
                .put("required", new JsonArray(List.copyOf(properties.fieldNames())))
                .put("additionalProperties", false);
    }
}
