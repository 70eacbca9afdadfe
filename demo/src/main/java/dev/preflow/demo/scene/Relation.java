package dev.preflow.demo.scene;

/** Where the first of two objects is, seen from the second. */
public enum Relation {
    LEFT_OF("left of", -1, 0),
    RIGHT_OF("right of", 1, 0),
    ABOVE("above", 0, -1),
    BELOW("below", 0, 1);

    private final String words;
    private final int dx;
    private final int dy;

    Relation(String words, int dx, int dy) {
        this.words = words;
        this.dx = dx;
        this.dy = dy;
    }

    /** The words of a prompt, such as "left of". */
    public String words() {
        return words;
    }

    /** The relation that holds when the two objects change places in the sentence. */
    public Relation inverse() {
        return switch (this) {
            case LEFT_OF -> RIGHT_OF;
            case RIGHT_OF -> LEFT_OF;
            case ABOVE -> BELOW;
            case BELOW -> ABOVE;
        };
    }

    /**
     * How far the first object's centre lies in the relation's direction from the second's.
     *
     * @param x first minus second, to the right
     * @param y first minus second, downwards
     * @return positive when the side is right
     */
    public double along(double x, double y) {
        return dx * x + dy * y;
    }

    /** The distance of the centres across the relation's direction, never negative; arguments as in {@link #along}. */
    public double across(double x, double y) {
        return Math.abs(dx != 0 ? y : x);
    }
}
