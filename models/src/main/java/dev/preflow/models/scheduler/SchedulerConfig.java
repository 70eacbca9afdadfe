package dev.preflow.models.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The content of a diffusers {@code scheduler_config.json}.
 *
 * @param className diffusers' class, for example {@code DDIMScheduler}
 * @param trainTimesteps {@code num_train_timesteps}
 * @param betaStart first beta of the linear schedules
 * @param betaEnd last beta of the linear schedules
 * @param betaSchedule how beta grows
 * @param predictionType what the network predicts
 * @param timestepSpacing how sampling steps are chosen
 * @param stepsOffset added to every timestep under leading spacing
 * @param setAlphaToOne whether the step past timestep 0 is free of noise, else it has the noise of timestep 0
 * @param clipSample whether the predicted clean sample is clipped; only pixel-space models want it
 * @param clipSampleRange bound of that clipping
 */
public record SchedulerConfig(
        String className,
        int trainTimesteps,
        double betaStart,
        double betaEnd,
        BetaSchedule betaSchedule,
        PredictionType predictionType,
        TimestepSpacing timestepSpacing,
        int stepsOffset,
        boolean setAlphaToOne,
        boolean clipSample,
        double clipSampleRange) {

    static final String DDIM = "DDIMScheduler";
    static final String PNDM = "PNDMScheduler";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Stable Diffusion 1.x's noise schedule under the given sampler class ({@code DDIMScheduler} or {@code PNDMScheduler}). */
    public static SchedulerConfig stableDiffusion(String className) {
        return new SchedulerConfig(
                className,
                1000,
                0.00085,
                0.012,
                BetaSchedule.SCALED_LINEAR,
                PredictionType.EPSILON,
                TimestepSpacing.LEADING,
                1,
                false,
                false,
                1.0);
    }

    /** The same config with another prediction type. */
    public SchedulerConfig with(PredictionType type) {
        return new SchedulerConfig(
                className,
                trainTimesteps,
                betaStart,
                betaEnd,
                betaSchedule,
                type,
                timestepSpacing,
                stepsOffset,
                setAlphaToOne,
                clipSample,
                clipSampleRange);
    }

    /** The same config with another timestep spacing. */
    public SchedulerConfig with(TimestepSpacing spacing) {
        return new SchedulerConfig(
                className,
                trainTimesteps,
                betaStart,
                betaEnd,
                betaSchedule,
                predictionType,
                spacing,
                stepsOffset,
                setAlphaToOne,
                clipSample,
                clipSampleRange);
    }

    /**
     * Reads a config file.
     *
     * @throws IOException if the file cannot be read or is not JSON
     * @throws IllegalArgumentException if it asks for what is not supported, by name
     */
    public static SchedulerConfig load(Path file) throws IOException {
        return parse(JSON.readTree(file.toFile()));
    }

    /** Writes the config in diffusers' form. */
    public void save(Path file) throws IOException {
        Map<String, Object> json = new TreeMap<>();
        json.put("_class_name", className);
        json.put("num_train_timesteps", trainTimesteps);
        json.put("beta_start", betaStart);
        json.put("beta_end", betaEnd);
        json.put("beta_schedule", betaSchedule.name().toLowerCase(Locale.ROOT));
        json.put("prediction_type", predictionType.configName());
        json.put("timestep_spacing", timestepSpacing.configName());
        json.put("steps_offset", stepsOffset);
        json.put("set_alpha_to_one", setAlphaToOne);
        if (className.equals(PNDM)) {
            json.put("skip_prk_steps", true);
        } else {
            json.put("clip_sample", clipSample);
            json.put("clip_sample_range", clipSampleRange);
        }
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    }

    /** Reads a config; absent keys have the defaults of diffusers' class of that name. */
    static SchedulerConfig parse(JsonNode json) {
        String className = json.path("_class_name").asText(DDIM);
        boolean pndm = className.equals(PNDM);
        refuse(json, "thresholding");
        refuse(json, "rescale_betas_zero_snr");
        if (json.hasNonNull("trained_betas")) {
            throw new IllegalArgumentException("Scheduler config: trained_betas is not supported");
        }
        return new SchedulerConfig(
                className,
                json.path("num_train_timesteps").asInt(1000),
                json.path("beta_start").asDouble(0.0001),
                json.path("beta_end").asDouble(0.02),
                BetaSchedule.of(json.path("beta_schedule").asText("linear")),
                PredictionType.of(json.path("prediction_type").asText("epsilon")),
                TimestepSpacing.of(json.path("timestep_spacing").asText("leading")),
                json.path("steps_offset").asInt(0),
                json.path("set_alpha_to_one").asBoolean(!pndm),
                !pndm && json.path("clip_sample").asBoolean(true),
                json.path("clip_sample_range").asDouble(1.0));
    }

    private static void refuse(JsonNode json, String key) {
        if (json.path(key).asBoolean(false)) {
            throw new IllegalArgumentException("Scheduler config: " + key + " = true is not supported");
        }
    }
}
