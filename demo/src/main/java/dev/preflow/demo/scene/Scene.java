package dev.preflow.demo.scene;

import java.util.List;

/**
 * A scene as it is drawn.
 *
 * @param spec what was asked for
 * @param objects what is drawn, in the specification's order; with defects it may differ from what was asked
 */
public record Scene(SceneSpec spec, List<PlacedObject> objects) {
    public Scene {
        objects = List.copyOf(objects);
    }
}
