package dev.preflow.demo.render;

import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.Scene;
import dev.preflow.demo.scene.SceneSpec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Draws specifications as small anti-aliased pictures. Stateless: the same random state gives the same picture. */
public final class SceneRenderer {
    /** Width and height of every picture, in pixels. */
    public static final int SIDE = 64;

    private static final double LEAST_BLUR = 2.2;
    private static final double MOST_BLUR = 2.7;
    /** Lightness of a colour varies by this share from object to object. */
    private static final double SHADE = 0.07;

    private final Layout layout = new Layout(SIDE);

    /** A picture with nothing wrong. */
    public BufferedImage clean(SceneSpec spec, RandomGenerator random) {
        return render(spec, DefectRates.NONE, random).image();
    }

    /** A picture with defects drawn at the given rates, and the truth about it. */
    public RenderedScene render(SceneSpec spec, DefectRates rates, RandomGenerator random) {
        Set<Defect> defects = EnumSet.noneOf(Defect.class);
        int victim = random.nextInt(spec.objects().size());
        List<PlacedObject> objects = layout.place(spec, random);
        if (random.nextDouble() < rates.wrongColour()) {
            objects = miscolour(objects, victim, spec, rates, defects, random);
        }
        boolean misframed = random.nextDouble() < rates.framing();
        if (random.nextDouble() < rates.quality()) {
            // what the border cuts off nobody can call squashed
            defects.add(misframed || random.nextBoolean() ? Defect.BLURRED : Defect.DEFORMED);
        }
        if (misframed) {
            objects = misframe(objects, victim, spec, defects, random);
        }
        if (random.nextDouble() < rates.sign()) {
            defects.add(Defect.FORBIDDEN_SIGN);
        }
        BufferedImage image = paint(objects, victim, defects, random);
        return new RenderedScene(image, new Scene(spec, objects), defects);
    }

    private List<PlacedObject> misframe(
            List<PlacedObject> objects, int victim, SceneSpec spec, Set<Defect> defects, RandomGenerator random) {
        // in a tiny object nobody could see the blur
        Optional<List<PlacedObject>> cut = defects.contains(Defect.BLURRED) || random.nextBoolean()
                ? layout.cut(objects, victim, spec.relation(), random)
                : Optional.empty();
        defects.add(cut.isPresent() ? Defect.CUT : Defect.TINY);
        return cut.isPresent() ? cut.get() : layout.tiny(objects, victim, random);
    }

    private static List<PlacedObject> miscolour(
            List<PlacedObject> objects,
            int victim,
            SceneSpec spec,
            DefectRates rates,
            Set<Defect> defects,
            RandomGenerator random) {
        Optional<SceneSpec> swapped =
                random.nextDouble() < rates.swapShare() ? ColourFaults.swapped(spec, random) : Optional.empty();
        defects.add(swapped.isPresent() ? Defect.SWAPPED_COLOURS : Defect.WRONG_COLOUR);
        List<ObjectSpec> drawn =
                swapped.isPresent() ? swapped.get().objects() : ColourFaults.recoloured(spec, victim, random);
        List<PlacedObject> changed = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            changed.add(objects.get(i).as(drawn.get(i)));
        }
        return changed;
    }

    private static BufferedImage paint(
            List<PlacedObject> objects, int victim, Set<Defect> defects, RandomGenerator random) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Backdrop.paint(image, random);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            for (int i = 0; i < objects.size(); i++) {
                PlacedObject object = objects.get(i);
                boolean deformed = i == victim && defects.contains(Defect.DEFORMED);
                graphics.setColor(shaded(object.what().colour(), random));
                graphics.fill(deformed ? Outlines.squashed(object, random) : Outlines.of(object));
            }
            if (defects.contains(Defect.BLURRED)) {
                GaussianBlur.apply(image, random.nextDouble(LEAST_BLUR, MOST_BLUR));
            }
            if (defects.contains(Defect.FORBIDDEN_SIGN)) {
                ForbiddenSign.draw(graphics, SIDE, objects, random);
            }
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private static Color shaded(Colour colour, RandomGenerator random) {
        double shade = 1 + random.nextDouble(-SHADE, SHADE);
        return new Color(scaled(colour.red(), shade), scaled(colour.green(), shade), scaled(colour.blue(), shade));
    }

    private static int scaled(int component, double factor) {
        return (int) Math.max(0, Math.min(255, Math.round(component * factor)));
    }
}
