package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.Defect;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.ShapeKind;
import dev.preflow.models.reward.PatchWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Says of every patch of rendered scenes which colour and which shape it shows, and whether the shape is true. */
final class SceneGrounding {
    private static final String NOTHING = "background";
    private static final String TRUE = "plain";
    private static final List<String> FAULTS = List.of("crooked", "blurred", "squashed", TRUE);

    private final int patch;
    private final List<int[]> colours = new ArrayList<>();
    private final List<int[]> shapes = new ArrayList<>();
    private final List<int[]> faults = new ArrayList<>();

    /**
     * Of no scene yet.
     *
     * @param patch side of a patch in pixels
     */
    SceneGrounding(int patch) {
        this.patch = patch;
    }

    void add(CaptionedScene scene) {
        int side = SceneRenderer.SIDE / patch;
        int[] colour = new int[side * side];
        int[] shape = new int[side * side];
        int[] fault = new int[side * side];
        Arrays.fill(colour, Colour.values().length);
        Arrays.fill(shape, ShapeKind.values().length);
        Arrays.fill(fault, -1);
        for (PlacedObject object : scene.objects()) {
            for (int i = 0; i < colour.length; i++) {
                double dx = Math.abs(patch * (i % side + 0.5) - object.x());
                double dy = Math.abs(patch * (i / side + 0.5) - object.y());
                if (Math.max(dx, dy) <= Math.max(object.size(), patch / 2.0)) {
                    colour[i] = object.what().colour().ordinal();
                    shape[i] = object.what().shape().ordinal();
                    fault[i] = fault(scene);
                }
            }
        }
        colours.add(colour);
        shapes.add(shape);
        faults.add(fault);
    }

    private static int fault(CaptionedScene scene) {
        SceneCaption caption = scene.caption();
        if (caption.crooked()) {
            return FAULTS.indexOf("crooked");
        }
        if (caption.striking().contains(Defect.BLURRED)) {
            return FAULTS.indexOf("blurred");
        }
        if (caption.striking().contains(Defect.DEFORMED)) {
            // of several, one is
            return scene.objects().size() == 1 ? FAULTS.indexOf("squashed") : -1;
        }
        return FAULTS.indexOf(TRUE);
    }

    List<PatchWords> words() {
        List<String> colourWords = Stream.concat(Arrays.stream(Colour.values()).map(Colour::word), Stream.of(NOTHING))
                .toList();
        List<String> shapeWords = Stream.concat(
                        Arrays.stream(ShapeKind.values()).map(ShapeKind::word), Stream.of(NOTHING))
                .toList();
        return List.of(
                new PatchWords(colourWords, joined(colours)),
                new PatchWords(shapeWords, joined(shapes)),
                new PatchWords(FAULTS, joined(faults)));
    }

    private static int[] joined(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
