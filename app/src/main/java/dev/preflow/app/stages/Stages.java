package dev.preflow.app.stages;

import dev.preflow.annotators.AnnotatorSettings;
import dev.preflow.annotators.AnnotatorStage;
import dev.preflow.annotators.PreferenceStage;
import dev.preflow.annotators.assemble.GroupAssembler;
import dev.preflow.app.config.AppSettings;
import dev.preflow.app.gateway.GatewayStage;
import dev.preflow.producers.ProducerConfig;
import dev.preflow.producers.ProducerSettings;
import dev.preflow.producers.generate.GeneratorStage;
import dev.preflow.producers.generate.ImagesEndpoint;
import dev.preflow.producers.generate.LocalGenerator;
import dev.preflow.producers.generate.OpenAiImagesGenerator;
import dev.preflow.producers.plan.PlannerStage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.ConfigException;
import dev.preflow.trainer.TrainerStage;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts stages by their names, each with its part of the configuration. */
public final class Stages {

    private interface Starter {
        Future<RunningStage> start(StageContext context) throws Exception;
    }

    private static final Map<StageName, Starter> STARTERS = Map.of(
            StageName.PLANNER, Stages::planner,
            StageName.GENERATORS, Stages::generators,
            StageName.ASSEMBLER, Stages::assembler,
            StageName.ANNOTATORS, Stages::annotators,
            StageName.LEARNER, RewardStages::learner,
            StageName.SCORER, RewardStages::scorer,
            StageName.TRAINER, Stages::trainer,
            StageName.GATEWAY, Stages::gateway);

    private Stages() {}

    /**
     * Starts a stage. Blocks while models load.
     *
     * @param name which
     * @param context what the stages of this process share
     * @return the running stage; fails when its configuration is wrong or what it needs is not there
     */
    public static Future<RunningStage> start(StageName name, StageContext context) {
        try {
            return STARTERS.get(name).start(context);
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<RunningStage> planner(StageContext context) {
        var producers = new ProducerConfig(context.config());
        var options = StageOptions.inFlight(context.config().get(ProducerSettings.PLANNER_IN_FLIGHT));
        var stage = PlannerStage.start(context.runtime(), producers.plan(), producers.rules(), options);
        return Future.succeededFuture(stage::stop);
    }

    private static Future<RunningStage> generators(StageContext context) throws IOException {
        var running = new ArrayList<RunningStage>();
        var producers = new ProducerConfig(context.config());
        if (!producers.variants().isEmpty()) {
            running.add(pipelines(context, producers));
        }
        for (var endpoint : producers.endpoints()) {
            running.add(endpoint(context, producers, endpoint));
        }
        if (running.isEmpty()) {
            throw new ConfigException(
                    List.of("no generator is configured: set generators.NAME.kind, and what that kind needs"));
        }
        return Future.succeededFuture(RunningStage.all(List.copyOf(running)));
    }

    private static RunningStage pipelines(StageContext context, ProducerConfig producers) throws IOException {
        var runtime = context.runtime();
        var releases = context.config().get(AppSettings.STATE).resolve("policies");
        var generator = LocalGenerator.open(
                runtime,
                producers.variants(),
                new ReleaseFiles(context.blobs(), releases, Clock.systemUTC()),
                producers.localOptions(),
                Clock.systemUTC());
        var options = StageOptions.inFlight(context.config().get(ProducerSettings.LOCAL_IN_FLIGHT));
        var stage = GeneratorStage.start(runtime, "local", generator, context.blobs(), options, Clock.systemUTC());
        return () -> {
            var stopped = stage.stop();
            generator.drain();
            return stopped.compose(done -> blocking(context, generator::close));
        };
    }

    /** Runs what blocks off the event loop. */
    static Future<Void> blocking(StageContext context, Runnable work) {
        return context.runtime()
                .vertx()
                .executeBlocking(
                        () -> {
                            work.run();
                            return null;
                        },
                        false);
    }

    private static Future<RunningStage> trainer(StageContext context) {
        var trainer = TrainerStage.start(context.runtime(), context.blobs(), context.config(), context.heldOut());
        return Future.succeededFuture(trainer::stop);
    }

    private static RunningStage endpoint(StageContext context, ProducerConfig producers, ImagesEndpoint endpoint) {
        var runtime = context.runtime();
        var generator = new OpenAiImagesGenerator(runtime.vertx(), endpoint);
        var stage = GeneratorStage.start(
                runtime,
                endpoint.generator(),
                generator,
                context.blobs(),
                producers.stage(endpoint),
                Clock.systemUTC());
        return () -> stage.stop().onComplete(stopped -> generator.close());
    }

    private static Future<RunningStage> assembler(StageContext context) {
        var runtime = context.runtime();
        var state = context.config().get(AppSettings.STATE).resolve("assembler");
        var options = AnnotatorSettings.assembler(context.config(), state);
        var assembler =
                new GroupAssembler(runtime.kafka(), runtime.topics(), options, runtime.meters(), runtime.health());
        assembler.start();
        return Future.succeededFuture(() -> blocking(context, assembler::close));
    }

    private static Future<RunningStage> annotators(StageContext context) {
        var annotator = AnnotatorStage.start(context.runtime(), context.blobs(), context.config());
        var preferences = PreferenceStage.start(context.runtime());
        return Future.succeededFuture(RunningStage.all(List.of(annotator::stop, preferences::stop)));
    }

    private static Future<RunningStage> gateway(StageContext context) {
        return GatewayStage.start(
                        context.runtime(), context.config(), context.blobs(), context.metrics(), context.evaluations())
                .map(gateway -> gateway::stop);
    }
}
