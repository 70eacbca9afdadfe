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
    private static final List<String> EDGES =
            Arrays.stream(Sharpness.values()).map(Sharpness::word).toList();
    private static final List<String> FAULTS = Stream.concat(
                    Arrays.stream(Crookedness.values()).map(Crookedness::word), Stream.of("squashed"))
            .toList();

    private final int patch;
    private final List<int[]> colours = new ArrayList<>();
    private final List<int[]> shapes = new ArrayList<>();
    private final List<int[]> faults = new ArrayList<>();
    private final List<int[]> edges = new ArrayList<>();

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
        int[] edge = new int[side * side];
        Arrays.fill(colour, Colour.values().length);
        Arrays.fill(shape, ShapeKind.values().length);
        Arrays.fill(fault, -1);
        Arrays.fill(edge, -1);
        for (int n = 0; n < scene.objects().size(); n++) {
            PlacedObject object = scene.objects().get(n);
            for (int i = 0; i < colour.length; i++) {
                double dx = Math.abs(patch * (i % side + 0.5) - object.x());
                double dy = Math.abs(patch * (i / side + 0.5) - object.y());
                if (Math.max(dx, dy) <= Math.max(object.size(), patch / 2.0)) {
                    colour[i] = object.what().colour().ordinal();
                    shape[i] = object.what().shape().ordinal();
                    fault[i] = fault(scene, scene.outlines().get(n));
                    edge[i] = scene.caption().sharpness().ordinal();
                }
            }
        }
        colours.add(colour);
        shapes.add(shape);
        faults.add(fault);
        edges.add(edge);
    }

    private static int fault(CaptionedScene scene, Crookedness outline) {
        if (outline != Crookedness.STRAIGHT) {
            return outline.ordinal();
        }
        boolean squashed = scene.caption().striking().contains(Defect.DEFORMED);
        // of several objects one is squashed, and behind a blur nobody knows
        if (squashed && scene.objects().size() > 1 || scene.caption().sharpness() == Sharpness.BLURRED) {
            return -1;
        }
        return squashed ? FAULTS.indexOf("squashed") : Crookedness.STRAIGHT.ordinal();
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
                new PatchWords(FAULTS, joined(faults)),
                new PatchWords(EDGES, joined(edges)));
    }

    private static int[] joined(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
