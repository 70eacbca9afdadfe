package dev.preflow.demo.scene;

/**
 * An object in a picture.
 *
 * @param what colour and shape
 * @param x centre, in pixels from the left
 * @param y centre, in pixels from the top
 * @param size radius of the circle, see {@link ShapeKind} for the others, in pixels
 */
public record PlacedObject(ObjectSpec what, double x, double y, double size) {
    /** The same object elsewhere and in another size. */
    public PlacedObject moved(double newX, double newY, double newSize) {
        return new PlacedObject(what, newX, newY, newSize);
    }

    /** The same place with another colour and shape. */
    public PlacedObject as(ObjectSpec other) {
        return new PlacedObject(other, x, y, size);
    }
}
