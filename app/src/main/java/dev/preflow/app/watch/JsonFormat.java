package dev.preflow.app.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Score;
import java.util.Locale;

/** One JSON object per line; its field "type" is score, judged or dead-letter. What is not known is absent. */
public final class JsonFormat implements WatchFormat {

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public String line(Score score) {
        var line = event(
                "score",
                score.getId(),
                score.getImage().getPromptId(),
                score.getCreatedAt().toString());
        line.put("text", score.getImage().getPromptText());
        line.put("value", score.getValue());
        line.put("rewardRelease", score.getRewardRelease());
        line.set("image", image(score.getImage()));
        return line.toString();
    }

    @Override
    public String line(Annotation annotation) {
        var line = event(
                "judged",
                annotation.getId(),
                annotation.getPromptId(),
                annotation.getCreatedAt().toString());
        line.put("text", annotation.getPromptText());
        line.put("annotator", annotation.getAnnotator());
        var ratings = line.putArray("ratings");
        for (var rating : annotation.getRatings()) {
            ratings.addObject()
                    .put("imageId", rating.getImageId())
                    .put("aspect", label(rating.getAspect()))
                    .put("score", rating.getScore())
                    .put("rationale", rating.getRationale());
        }
        return line.toString();
    }

    @Override
    public String line(DeadLetter letter) {
        var line = mapper.createObjectNode().put("type", "dead-letter").put("id", letter.getId());
        if (letter.getPromptId() != null) {
            line.put("promptId", letter.getPromptId());
        }
        return line.put("createdAt", letter.getCreatedAt().toString())
                .put("stage", letter.getStage())
                .put("reason", letter.getReason())
                .put("detail", letter.getDetail())
                .put("endsPrompt", letter.getEndsPrompt())
                .put("topic", letter.getTopic())
                .put("partition", letter.getPartition())
                .put("offset", letter.getOffset())
                .toString();
    }

    private ObjectNode event(String type, String id, String promptId, String createdAt) {
        return mapper.createObjectNode()
                .put("type", type)
                .put("id", id)
                .put("promptId", promptId)
                .put("createdAt", createdAt);
    }

    private ObjectNode image(Image image) {
        var node = mapper.createObjectNode()
                .put("id", image.getId())
                .put("sha256", image.getPixels().getSha256())
                .put("mediaType", image.getPixels().getMediaType())
                .put("purpose", label(image.getPurpose()))
                .put("generator", image.getGenerator());
        if (image.getPolicyRelease() != null) {
            node.put("policyRelease", image.getPolicyRelease());
        }
        return node.put("index", image.getIndex())
                .put("seed", image.getSeed())
                .put("guidanceScale", image.getGuidanceScale())
                .put("steps", image.getSteps());
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
