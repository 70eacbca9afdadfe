package dev.preflow.app.stages;

import dev.preflow.app.config.AppSettings;
import dev.preflow.app.gateway.GatewaySettings;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.app.status.EvalHistory;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process: some stages and what they share. */
public final class Node implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Node.class);
    private static final long DRAIN_SECONDS = 10;
    private static final long START_MINUTES = 10;

    private final StageContext context;
    private final JvmGcMetrics gcMetrics;
    private final List<RunningStage> running = new ArrayList<>();

    private Node(StageContext context, JvmGcMetrics gcMetrics) {
        this.context = context;
        this.gcMetrics = gcMetrics;
    }

    /**
     * Opens what stages share, with the held-out prompts that the configuration names. Blocks.
     *
     * @param config the configuration
     * @return the node, with no stage yet
     * @throws IOException when Kafka does not answer, the blob folder cannot be used or a file cannot be read
     */
    public static Node open(Config config) throws IOException {
        return open(config, HeldOutFile.of(config));
    }

    /**
     * Opens what stages share. Blocks.
     *
     * @param config the configuration
     * @param heldOut texts of prompts that are never trained on
     * @return the node, with no stage yet
     * @throws IOException when Kafka does not answer or the blob folder cannot be used
     */
    public static Node open(Config config, Predicate<String> heldOut) throws IOException {
        var kafka = KafkaContact.make(config);
        var blobs = new BlobStore(config.get(AppSettings.BLOBS));
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var gcMetrics = new JvmGcMetrics();
        gcMetrics.bindTo(metrics);
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        var runtime = new StageRuntime(
                Vertx.vertx(),
                kafka.connection(),
                kafka.topics(),
                new Publisher(kafka.connection()),
                metrics,
                new Health());
        var evaluations = new EvalHistory(config.get(GatewaySettings.GOLD_DROP));
        return new Node(new StageContext(runtime, config, blobs, metrics, evaluations, heldOut), gcMetrics);
    }

    /**
     * What the stages share.
     *
     * @return the context
     */
    public StageContext context() {
        return context;
    }

    /**
     * Starts stages, one after the other. Blocks while models load.
     *
     * @param names which
     * @throws IOException when one cannot start; those before it run on until this node is closed
     */
    public synchronized void start(Collection<StageName> names) throws IOException {
        for (var name : names) {
            try {
                running.add(Stages.start(name, context).await(START_MINUTES, TimeUnit.MINUTES));
                log.info("Stage {} runs", name.label());
            } catch (TimeoutException e) {
                throw new IOException(
                        "The stage %s has not started within %d minutes".formatted(name.label(), START_MINUTES), e);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("The stage %s does not start: %s".formatted(name.label(), e.getMessage()), e);
            }
        }
    }

    /**
     * Drains every stage at once, for at most 10 s; what they share stays open.
     *
     * @return whether every stage has ended; where one has not, its threads may still compute
     */
    public synchronized boolean stopStages() {
        boolean ended = false;
        try {
            RunningStage.all(List.copyOf(running)).stop().await(DRAIN_SECONDS, TimeUnit.SECONDS);
            ended = true;
        } catch (TimeoutException e) {
            log.warn(
                    "Not everything has drained within {} s; what is left is done again after the next start",
                    DRAIN_SECONDS);
        } catch (RuntimeException e) {
            log.warn("A stage has not stopped well", e);
        }
        running.clear();
        return ended;
    }

    /** Drains every stage at once, for at most 10 s, and closes what they shared. */
    @Override
    public synchronized void close() {
        if (!stopStages()) {
            NativeEnd.required();
        }
        context.runtime().publisher().close();
        context.runtime().vertx().close().await();
        gcMetrics.close();
    }
}
