package dev.preflow.models.optim;

/** A loss or gradient is NaN or infinite. It is raised before any parameter has changed. */
public final class NonFiniteException extends ArithmeticException {
    /** A refusal that says what was not finite. */
    public NonFiniteException(String message) {
        super(message);
    }

    /**
     * Passes a finite loss through.
     *
     * @throws NonFiniteException otherwise
     */
    public static float requireFinite(float loss) {
        if (!Float.isFinite(loss)) {
            throw new NonFiniteException("The loss is " + loss + ": lower the learning rate or look at the batch");
        }
        return loss;
    }
}
