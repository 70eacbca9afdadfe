package dev.preflow.models.scheduler;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
 * @param karrasSigmas whether noise levels are spaced as Karras et al. 2022 do, equation 5; Euler and DPM-Solver++ only
 * @param zeroTerminalSnr whether the schedule is stretched so that the last timestep holds no signal (Lin et al. 2023, algorithm 1)
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
        double clipSampleRange,
        boolean karrasSigmas,
        boolean zeroTerminalSnr) {

    static final String DDIM = "DDIMScheduler";
    static final String DDPM = "DDPMScheduler";
    static final String PNDM = "PNDMScheduler";
    static final String EULER = "EulerDiscreteScheduler";
    static final String EULER_ANCESTRAL = "EulerAncestralDiscreteScheduler";
    static final String DPM_SOLVER = "DPMSolverMultistepScheduler";

    /** Options that change what a sampler does, with the only value that is supported; absent means that value. */
    private static final Map<String, String> ONLY = Map.ofEntries(
            Map.entry("thresholding", "false"),
            Map.entry("use_exponential_sigmas", "false"),
            Map.entry("use_beta_sigmas", "false"),
            Map.entry("use_lu_lambdas", "false"),
            Map.entry("use_flow_sigmas", "false"),
            Map.entry("interpolation_type", "linear"),
            Map.entry("algorithm_type", "dpmsolver++"),
            Map.entry("solver_order", "2"),
            Map.entry("solver_type", "midpoint"),
            Map.entry("final_sigmas_type", "zero"),
            Map.entry("variance_type", "fixed_small"),
            Map.entry("timestep_type", "discrete"),
            Map.entry("skip_prk_steps", "true"));

    /** diffusers writes infinite bounds as Python does. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** Stable Diffusion 1.x's noise schedule under the given sampler class, such as {@code DDIMScheduler}. */
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
                1.0,
                false,
                false);
    }

    /** The same process under another of diffusers' sampler classes, such as {@code EulerDiscreteScheduler}. */
    public SchedulerConfig with(String otherClass) {
        return with(otherClass, predictionType, timestepSpacing);
    }

    /** The same config with another prediction type. */
    public SchedulerConfig with(PredictionType type) {
        return with(className, type, timestepSpacing);
    }

    /** The same config with another timestep spacing. */
    public SchedulerConfig with(TimestepSpacing spacing) {
        return with(className, predictionType, spacing);
    }

    private SchedulerConfig with(String otherClass, PredictionType type, TimestepSpacing spacing) {
        return new SchedulerConfig(
                otherClass,
                trainTimesteps,
                betaStart,
                betaEnd,
                betaSchedule,
                type,
                spacing,
                stepsOffset,
                setAlphaToOne,
                clipSample,
                clipSampleRange,
                karrasSigmas,
                zeroTerminalSnr);
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
        json.put("rescale_betas_zero_snr", zeroTerminalSnr);
        switch (className) {
            case PNDM -> {
                json.put("set_alpha_to_one", setAlphaToOne);
                json.put("skip_prk_steps", true);
                json.remove("rescale_betas_zero_snr");
            }
            case DDIM -> json.put("set_alpha_to_one", setAlphaToOne);
            case EULER, DPM_SOLVER -> json.put("use_karras_sigmas", karrasSigmas);
            default -> {}
        }
        if (className.equals(DDIM) || className.equals(DDPM)) {
            json.put("clip_sample", clipSample);
            json.put("clip_sample_range", clipSampleRange);
        }
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    }

    /** Reads a config; absent keys have the defaults of diffusers' class of that name. */
    static SchedulerConfig parse(JsonNode json) {
        String className = json.path("_class_name").asText(DDIM);
        boolean clips = className.equals(DDIM) || className.equals(DDPM);
        boolean bySigma = List.of(EULER, EULER_ANCESTRAL, DPM_SOLVER).contains(className);
        refuseOthers(json, className);
        return new SchedulerConfig(
                className,
                json.path("num_train_timesteps").asInt(1000),
                json.path("beta_start").asDouble(0.0001),
                json.path("beta_end").asDouble(0.02),
                BetaSchedule.of(json.path("beta_schedule").asText("linear")),
                PredictionType.of(json.path("prediction_type").asText("epsilon")),
                TimestepSpacing.of(json.path("timestep_spacing").asText(bySigma ? "linspace" : "leading")),
                json.path("steps_offset").asInt(0),
                json.path("set_alpha_to_one").asBoolean(clips),
                clips && json.path("clip_sample").asBoolean(true),
                json.path("clip_sample_range").asDouble(1.0),
                bySigma && json.path("use_karras_sigmas").asBoolean(false),
                json.path("rescale_betas_zero_snr").asBoolean(false));
    }

    private static void refuseOthers(JsonNode json, String className) {
        ONLY.forEach((key, value) -> {
            if (json.hasNonNull(key) && !json.get(key).asText().equals(value)) {
                throw new IllegalArgumentException("Scheduler config: " + key + " = "
                        + json.get(key).asText() + " is not supported, only " + value);
            }
        });
        if (json.hasNonNull("trained_betas")) {
            throw new IllegalArgumentException("Scheduler config: trained_betas is not supported");
        }
        if (className.equals(DDPM) && json.path("clip_sample").asBoolean(true)) {
            throw new IllegalArgumentException(
                    "Scheduler config: clip_sample = true of a DDPMScheduler is for pixels, and not supported");
        }
        if (json.path("lambda_min_clipped").asDouble(Double.NEGATIVE_INFINITY) != Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException("Scheduler config: lambda_min_clipped is not supported");
        }
    }
}
