package dev.preflow.app.config;

import dev.preflow.annotators.AnnotatorSettings;
import dev.preflow.app.gateway.GatewaySettings;
import dev.preflow.producers.ProducerSettings;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.stream.KafkaSettings;
import dev.preflow.stream.config.ComputeSettings;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import dev.preflow.trainer.TrainerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Every setting there is, and the settings that several parts share. */
public final class AppSettings {

    /** Where blobs lie. */
    public static final Setting<Path> BLOBS = Settings.path(
            "blobs.directory",
            "data/blobs",
            "Folder of images, trajectories and weights; every process of a deployment needs the same one");

    /** Where stages keep notes. */
    public static final Setting<Path> STATE = Settings.path(
            "state.directory", "data/state", "Folder in which the stages of this process keep notes of their own");

    /** Prompts that are never trained on. */
    public static final Setting<Path> HELD_OUT = Settings.path(
                    "held-out.file", "", "File of prompts, one per line, that nothing is trained on: for evaluation")
            .withoutDefault();

    /** Every setting of every part. */
    public static final List<Setting<?>> ALL = Stream.of(
                    KafkaSettings.ALL,
                    ComputeSettings.ALL,
                    List.<Setting<?>>of(BLOBS, STATE, HELD_OUT),
                    ProducerSettings.ALL,
                    AnnotatorSettings.ALL,
                    ScorerSettings.ALL,
                    TrainerSettings.ALL,
                    GatewaySettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private AppSettings() {}
}
