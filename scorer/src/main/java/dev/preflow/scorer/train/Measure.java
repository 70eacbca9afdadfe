package dev.preflow.scorer.train;

import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reward.VpScore;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.scorer.store.TrainingPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores what pairs show. For one thread. */
final class Measure {

    private static final Logger log = LoggerFactory.getLogger(Measure.class);

    private final PictureCache pictures;
    private final TrainingMetrics metrics;

    Measure(PictureCache pictures, TrainingMetrics metrics) {
        this.pictures = pictures;
        this.metrics = metrics;
    }

    /**
     * The pairs whose images can both be read. The others are counted and logged: a blob that is gone must not stop training.
     *
     * @param pairs any pairs
     * @return those that can be computed with
     */
    List<TrainingPair> readable(List<TrainingPair> pairs) {
        var readable = new ArrayList<TrainingPair>(pairs.size());
        for (var pair : pairs) {
            try {
                pictures.get(pair.better());
                pictures.get(pair.worse());
                readable.add(pair);
            } catch (IOException e) {
                metrics.unreadable();
                log.debug("Passing over preference {}: {}", pair.id(), e.getMessage());
            }
        }
        return readable;
    }

    /**
     * Scores images.
     *
     * @param model scores them
     * @param shown the images
     * @return their scores
     * @throws IOException when an image cannot be read
     */
    Map<Shown, Float> score(VpScore model, Collection<Shown> shown) throws IOException {
        var order = List.copyOf(shown);
        float[] values = model.score(pictures(order), prompts(order));
        var scores = new HashMap<Shown, Float>();
        for (int i = 0; i < values.length; i++) {
            scores.put(order.get(i), values[i]);
        }
        return scores;
    }

    /**
     * The pixels of images.
     *
     * @param shown the images
     * @return their pixels, in the same order
     * @throws IOException when one cannot be read
     */
    List<RgbImage> pictures(List<Shown> shown) throws IOException {
        var images = new ArrayList<RgbImage>(shown.size());
        for (var image : shown) {
            images.add(pictures.get(image.sha256()));
        }
        return images;
    }

    static List<String> prompts(List<Shown> shown) {
        return shown.stream().map(Shown::prompt).toList();
    }
}
