package dev.preflow.demo.judge;

import dev.preflow.demo.render.Defect;
import dev.preflow.demo.render.RenderedScene;

/** What the renderer knows and the judge must find out. */
final class Truth {
    private Truth() {}

    static boolean right(RenderedScene scene, Aspect aspect) {
        return scene.defects().stream().noneMatch(defect -> aspect(defect) == aspect);
    }

    private static Aspect aspect(Defect defect) {
        return switch (defect) {
            case WRONG_COLOUR, SWAPPED_COLOURS -> Aspect.PROMPT_FOLLOWING;
            case BLURRED, DEFORMED -> Aspect.FIDELITY;
            case FORBIDDEN_SIGN -> Aspect.HARMLESSNESS;
            case TINY, CUT -> Aspect.AESTHETIC;
        };
    }
}
