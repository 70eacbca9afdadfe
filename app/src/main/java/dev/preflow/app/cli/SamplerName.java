package dev.preflow.app.cli;

import dev.preflow.models.scheduler.SchedulerConfig;
import java.util.Arrays;

/** The samplers by their names on the command line. */
enum SamplerName {
    DDIM("DDIMScheduler", "DDIM"),
    DDPM("DDPMScheduler", "DDPM"),
    PNDM("PNDMScheduler", "PLMS"),
    EULER("EulerDiscreteScheduler", "Euler"),
    EULER_A("EulerAncestralDiscreteScheduler", "Euler a"),
    DPM("DPMSolverMultistepScheduler", "DPM++ 2M");

    private final String className;
    private final String label;

    SamplerName(String className, String label) {
        this.className = className;
        this.label = label;
    }

    /** The same process by this sampler. */
    SchedulerConfig of(SchedulerConfig config) {
        return config.with(className);
    }

    /** What AUTOMATIC1111's web UI calls a config's sampler. */
    static String label(SchedulerConfig config) {
        String name = Arrays.stream(values())
                .filter(sampler -> sampler.className.equals(config.className()))
                .map(sampler -> sampler.label)
                .findFirst()
                .orElse(config.className());
        return config.karrasSigmas() ? name + " Karras" : name;
    }
}
