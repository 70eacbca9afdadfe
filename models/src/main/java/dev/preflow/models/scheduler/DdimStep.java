package dev.preflow.models.scheduler;

/**
 * The coefficients of one DDIM step (Song et al. 2021, equation 12). Clean sample and noise are linear in the noisy sample
 * and the network's output, whatever the network predicts.
 *
 * @param timestep where the network is asked
 * @param cleanOfSample share of the noisy sample in the predicted clean sample
 * @param cleanOfOutput share of the network's output in the predicted clean sample
 * @param noiseOfSample share of the noisy sample in the predicted noise
 * @param noiseOfOutput share of the network's output in the predicted noise
 * @param meanOfClean share of the clean sample in the step's mean
 * @param meanOfNoise share of the predicted noise in the step's mean
 * @param std standard deviation of the step; 0 if it is deterministic
 */
record DdimStep(
        int timestep,
        float cleanOfSample,
        float cleanOfOutput,
        float noiseOfSample,
        float noiseOfOutput,
        float meanOfClean,
        float meanOfNoise,
        float std) {

    static DdimStep of(NoiseSchedule schedule, int timestep, int previous, double eta) {
        double alphaBar = schedule.alphaBar(timestep);
        double alphaBarPrevious = schedule.alphaBar(previous);
        double variance = eta * eta * (1 - alphaBarPrevious) / (1 - alphaBar) * (1 - alphaBar / alphaBarPrevious);
        double remaining = 1 - alphaBarPrevious - variance;
        // below this the variance is the rounding of an exact 0 or 1
        if (remaining < -1e-9 || !Double.isFinite(variance)) {
            throw new IllegalArgumentException("eta " + eta + " is too large at timestep " + timestep);
        }
        double signal = Math.sqrt(alphaBar);
        double scale = Math.sqrt(1 - alphaBar);
        double[] form =
                switch (schedule.predictionType()) {
                    case EPSILON -> new double[] {1 / signal, -scale / signal, 0, 1};
                    case V_PREDICTION -> new double[] {signal, -scale, scale, signal};
                    case SAMPLE -> new double[] {0, 1, 1 / scale, -signal / scale};
                };
        return new DdimStep(
                timestep,
                (float) form[0],
                (float) form[1],
                (float) form[2],
                (float) form[3],
                (float) Math.sqrt(alphaBarPrevious),
                (float) Math.sqrt(Math.max(0, remaining)),
                (float) Math.sqrt(Math.max(0, variance)));
    }
}
