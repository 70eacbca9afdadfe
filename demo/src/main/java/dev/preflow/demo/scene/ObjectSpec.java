package dev.preflow.demo.scene;

/**
 * An object as a prompt names it.
 *
 * @param colour its colour
 * @param shape its shape
 */
public record ObjectSpec(Colour colour, ShapeKind shape) {
    /** "red circle". */
    @Override
    public String toString() {
        return colour.word() + " " + shape.word();
    }
}
