package dev.preflow.app.config;

import java.nio.file.Path;

/** What comes with the program: the folder that it was installed in. */
public final class Home {
    /** Set by the launcher and in the container image. */
    private static final String PROPERTY = "preflow.home";

    private Home() {}

    /** The diffusers directory of the small base model. */
    public static Path baseModel() {
        return models().resolve("base");
    }

    /** The network that VP-Score starts from in the demo. */
    public static Path rewardModel() {
        return models().resolve("reward");
    }

    private static Path models() {
        return Path.of(System.getProperty(PROPERTY, ".")).resolve("demo/models");
    }
}
