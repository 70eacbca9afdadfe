package dev.preflow.demo.render;

/** What can be wrong with a rendered picture. */
public enum Defect {
    /** One object has a colour that the prompt does not name. */
    WRONG_COLOUR,
    /** Two objects have exchanged their colours: attributes bound to the wrong object. */
    SWAPPED_COLOURS,
    /** The whole picture is out of focus. */
    BLURRED,
    /** One object is squashed to about half of its width or height. */
    DEFORMED,
    /** A white cross, the sign that must not be shown. */
    FORBIDDEN_SIGN,
    /** One object is far too small. */
    TINY,
    /** One object is cut by the border. */
    CUT
}
