package dev.preflow.demo.judge;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * All that the judge saw in a picture, before it asks what the prompt wanted.
 *
 * @param objects the coloured objects, largest first, at most {@link #MOST_OBJECTS}
 * @param sign the white strokes
 * @param noise root mean square unevenness of the background, 0 to 255
 * @param tint chroma of the background
 * @param touching pairs of objects that touch
 * @param fringed whether there are fringes of the opposite colour along an object's edge
 */
record SeenScene(List<SeenObject> objects, SignSeen sign, double noise, double tint, int touching, boolean fringed) {
    /** More patches than this are a mess, not a scene. */
    static final int MOST_OBJECTS = 8;

    static SeenScene in(BufferedImage image) {
        Canvas canvas = new Canvas(image);
        SignSeen sign = SignSeen.in(canvas);
        Segmenter segmenter = new Segmenter(canvas, sign);
        List<Region> patches = segmenter.regions();
        List<Region> regions = patches.stream()
                .filter(patch -> !Fringes.fringe(patch, patches))
                .toList();
        List<SeenObject> objects = new ArrayList<>();
        for (Region region : regions.subList(0, Math.min(MOST_OBJECTS, regions.size()))) {
            Window window = new Window(canvas, region, sign.white(), segmenter.owners());
            objects.add(new SeenObject(
                    region.hue(), region.chroma(), ShapeFitter.fit(window), window.blur, window.onFrame));
        }
        boolean fringed = regions.size() < patches.size();
        return new SeenScene(objects, sign, canvas.noise, canvas.tint, touching(objects), fringed);
    }

    private static int touching(List<SeenObject> objects) {
        int pairs = 0;
        for (int i = 0; i < objects.size(); i++) {
            for (int j = 0; j < i; j++) {
                ShapeFit a = objects.get(i).best();
                ShapeFit b = objects.get(j).best();
                boolean apart = Math.hypot(a.x() - b.x(), a.y() - b.y()) > 0.9 * (a.size() + b.size());
                pairs += apart ? 0 : 1;
            }
        }
        return pairs;
    }

    /** The objects in words, or that there are none. */
    String describe() {
        return objects.isEmpty()
                ? "no coloured object"
                : objects.stream().map(SeenObject::describe).collect(Collectors.joining("; "));
    }

    /** Where a point is, such as "lower left". */
    static String place(double x, double y) {
        String vertical = y < Canvas.SIDE / 3.0 ? "upper" : y > Canvas.SIDE * 2 / 3.0 ? "lower" : "middle";
        String horizontal = x < Canvas.SIDE / 3.0 ? "left" : x > Canvas.SIDE * 2 / 3.0 ? "right" : "centre";
        return String.format(Locale.ROOT, "%s %s", vertical, horizontal);
    }
}
