package dev.preflow.demo.pretrain;

/** Is told how a training goes on. */
@FunctionalInterface
public interface TrainingLog {
    /**
     * A step has been taken.
     *
     * @param part what is being trained, such as "autoencoder"
     * @param step from 0
     * @param steps how many there will be
     * @param loss of this step; NaN where nothing is learnt
     */
    void step(String part, int step, int steps, double loss);
}
