package dev.preflow.app.config;

import dev.preflow.annotators.AnnotatorSettings;
import dev.preflow.app.gateway.GatewaySettings;
import dev.preflow.producers.ProducerSettings;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.stream.KafkaSettings;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
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

    /** Every setting of every part. */
    public static final List<Setting<?>> ALL = Stream.of(
                    KafkaSettings.ALL,
                    List.<Setting<?>>of(BLOBS, STATE),
                    ProducerSettings.ALL,
                    AnnotatorSettings.ALL,
                    ScorerSettings.ALL,
                    GatewaySettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private AppSettings() {}
}
