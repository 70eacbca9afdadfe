package dev.preflow.demo.render;

/**
 * How often each kind of defect is drawn, independently of the others; every value from 0 to 1.
 *
 * @param wrongColour an object in another colour
 * @param swapShare the share of wrong colours, where a scene has two that can be told apart, that are exchanged between objects
 * @param quality blurred or deformed, half and half
 * @param sign the forbidden sign
 * @param framing tiny or cut by the border, half and half
 */
public record DefectRates(double wrongColour, double swapShare, double quality, double sign, double framing) {
    /** Nothing is ever wrong. */
    public static final DefectRates NONE = new DefectRates(0, 0, 0, 0, 0);
    /** The standard mixture: about 36 of 100 pictures are clean. */
    public static final DefectRates MIXTURE = new DefectRates(0.25, 0.5, 0.25, 0.20, 0.20);

    public DefectRates {
        for (double rate : new double[] {wrongColour, swapShare, quality, sign, framing}) {
            if (!(rate >= 0 && rate <= 1)) {
                throw new IllegalArgumentException("a defect rate must be from 0 to 1, not " + rate);
            }
        }
    }

    /** These rates, each multiplied; {@code factor} from 0, nothing wrong, to what keeps them at most 1. */
    public DefectRates times(double factor) {
        return new DefectRates(factor * wrongColour, swapShare, factor * quality, factor * sign, factor * framing);
    }
}
