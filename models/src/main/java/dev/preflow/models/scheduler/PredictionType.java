package dev.preflow.models.scheduler;

import java.util.Locale;

/** What the denoising network predicts: the noise, the velocity (Salimans and Ho 2022) or the clean sample. */
public enum PredictionType {
    EPSILON,
    V_PREDICTION,
    SAMPLE;

    /** The type that a config names, for example {@code v_prediction}. */
    static PredictionType of(String name) {
        return ConfigNames.parse(PredictionType.class, "prediction_type", name);
    }

    /** The name in a config. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
