package dev.preflow.demo.judge;

import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.Relation;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.ShapeKind;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rates whether the prompt's objects are there: the assignment of found to wanted objects that explains the picture best. */
final class PromptFollowing {
    /** Points off for one object alone, and for each of several. */
    private record Costs(double colour, double shape, double missing) {}

    private static final Costs ALONE = new Costs(3, 3, 4);
    private static final Costs AMONG_OTHERS = new Costs(2, 2, 2.2);
    private static final double EXTRA = 1.7;
    private static final double MISPLACED = 2;

    private static final double SAME_OVERLAP = 0.02;
    private static final double OTHER_OVERLAP = 0.06;
    /** A deformed outline belongs to no shape: fidelity pays for that, not prompt-following. */
    private static final double MALFORMED_SHARE = 0.3;

    private final SceneSpec spec;
    private final List<SeenObject> seen;
    private final Costs costs;
    private final @Nullable SeenObject[] chosen;
    private double least = Double.POSITIVE_INFINITY;

    private PromptFollowing(SceneSpec spec, List<SeenObject> seen) {
        this.spec = spec;
        this.seen = seen;
        this.costs = spec.objects().size() == 1 ? ALONE : AMONG_OTHERS;
        this.chosen = new SeenObject[spec.objects().size()];
    }

    static AspectRating rate(SceneSpec spec, SeenScene scene) {
        PromptFollowing search = new PromptFollowing(spec, scene.objects());
        search.assign(0, 0, 0);
        int extra = Math.max(0, scene.objects().size() - spec.objects().size());
        double score = AspectRating.BEST - search.least - EXTRA * extra;
        String rationale = String.format(Locale.ROOT, "Asked for: %s. Seen: %s.", asked(spec), scene.describe());
        return AspectRating.clamped(Aspect.PROMPT_FOLLOWING, score, rationale);
    }

    private static String asked(SceneSpec spec) {
        String separator = spec.relation().map(r -> " " + r.words() + " ").orElse(", ");
        return spec.objects().stream().map(ObjectSpec::toString).collect(Collectors.joining(separator));
    }

    private void assign(int wanted, int used, double cost) {
        if (cost >= least) {
            return;
        }
        if (wanted == chosen.length) {
            least = Math.min(least, cost + misplaced());
            return;
        }
        for (int i = 0; i < seen.size(); i++) {
            if ((used & 1 << i) == 0) {
                chosen[wanted] = seen.get(i);
                assign(wanted + 1, used | 1 << i, cost + mismatch(spec.objects().get(wanted), seen.get(i)));
            }
        }
        if (seen.size() - Integer.bitCount(used) < chosen.length - wanted) {
            chosen[wanted] = null;
            assign(wanted + 1, used, cost + costs.missing());
        }
    }

    private double mismatch(ObjectSpec wanted, SeenObject object) {
        return costs.colour() * wrongColour(wanted.colour(), object.hue())
                + costs.shape() * wrongShape(wanted.shape(), object);
    }

    private static double wrongColour(Colour wanted, double hue) {
        double toWanted = Colour.hueDistance(hue, wanted.hue());
        double toOther = Double.POSITIVE_INFINITY;
        for (Colour colour : Colour.values()) {
            if (colour != wanted) {
                toOther = Math.min(toOther, Colour.hueDistance(hue, colour.hue()));
            }
        }
        // a quarter of the way to the next colour is still the colour; half of the way is its border
        return toWanted > toOther ? 1 : 0.45 * Ramp.up(toWanted / (toWanted + toOther), 0.25, 0.5);
    }

    private static double wrongShape(ShapeKind wanted, SeenObject object) {
        double behind = object.best().overlap() - object.fits().get(wanted).overlap();
        double wrong = Ramp.up(behind, SAME_OVERLAP, OTHER_OVERLAP);
        return object.misshapen() ? MALFORMED_SHARE * wrong : wrong;
    }

    private double misplaced() {
        SeenObject first = chosen[0];
        SeenObject second = chosen.length > 1 ? chosen[1] : null;
        if (spec.relation().isEmpty() || first == null || second == null) {
            return 0;
        }
        Relation relation = spec.relation().get();
        double x = first.best().x() - second.best().x();
        double y = first.best().y() - second.best().y();
        double along = relation.along(x, y);
        return along <= 0 ? MISPLACED : MISPLACED * Ramp.up(relation.across(x, y) / along, 0.8, 1.2);
    }
}
