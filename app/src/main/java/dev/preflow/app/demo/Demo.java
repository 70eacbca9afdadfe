package dev.preflow.app.demo;

import dev.preflow.app.book.PromptState;
import dev.preflow.app.gateway.GatewayStage;
import dev.preflow.app.stages.Node;
import dev.preflow.app.stages.StageContext;
import dev.preflow.app.stages.StageName;
import dev.preflow.broker.BrokerProcess;
import dev.preflow.demo.endpoint.JudgeServer;
import dev.preflow.demo.endpoint.JudgeServerOptions;
import dev.preflow.demo.scene.SceneParser;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.tensor.Torch;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole loop in one process, with the broker as its child: what it keeps lies in one folder, and the next start continues
 * from it.
 */
public final class Demo implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final int KAFKA_PORT = 9092;
    private static final long STATUS_SECONDS = 5;
    private static final Duration DRAIN = Duration.ofSeconds(90);

    /** Makes the effective configuration of the demo's own settings. */
    @FunctionalInterface
    public interface Configure {
        /**
         * The configuration.
         *
         * @param tuned settings that stand unless the user says otherwise
         * @param fixed what makes it the demo, and what its options say
         */
        Config with(Map<String, String> tuned, Map<String, String> fixed) throws IOException;
    }

    private final DemoOptions options;
    private final long start = System.nanoTime();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final BrokerProcess broker;
    private final Node node;
    private final GatewayStage gateway;
    private final Weights weights;
    private final GoldWatch gold;
    private final DemoPrompts prompts;
    private final MemoryWatch memory;

    private Demo(DemoOptions options, Configure configure) throws IOException {
        this.options = options;
        try {
            part(lock(Files.createDirectories(options.data())));
            broker = part(BrokerProcess.start(options.data(), port()));
            DemoFolder.tell(options.data(), broker);
            Vertx judgeVertx = Vertx.vertx();
            parts.add(() -> judgeVertx.close().await());
            JudgeServer judge = JudgeServer.start(
                            judgeVertx,
                            JudgeServerOptions.demo()
                                    .withNoise(JudgeServerOptions.demo().ratingNoise(), options.seed()))
                    .await();
            node = part(Node.open(
                    configure.with(
                            DemoConfig.tuned(), DemoConfig.fixed(options, broker.bootstrapServers(), judge.baseUrl())),
                    Demo::heldOut));
            StageContext context = node.context();
            gateway = GatewayStage.start(
                            context.runtime(),
                            context.config(),
                            context.blobs(),
                            context.metrics(),
                            context.evaluations())
                    .await();
            parts.add(() -> gateway.stop().await(5, TimeUnit.SECONDS));
            Set<StageName> stages = EnumSet.allOf(StageName.class);
            stages.remove(StageName.GATEWAY);
            node.start(stages);
            weights = part(new Weights(
                    context.runtime(),
                    new ReleaseFiles(
                            context.blobs(), options.data().resolve("releases/evaluation"), Clock.systemUTC())));
            gold = part(new GoldWatch(options, weights, context.evaluations()));
            prompts = part(DemoPrompts.start(
                    context.runtime(),
                    options.seed(),
                    () -> !gateway.status().view().policy().isEmpty()));
            memory = part(
                    new MemoryWatch(Map.of("preflow", ProcessHandle.current().pid(), "kafka", broker.pid())));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts everything. Blocks while models load.
     *
     * @param configure gives the user's settings the last word
     * @throws IOException when something cannot start; nothing is left running then
     */
    public static Demo start(DemoOptions options, Configure configure) throws IOException {
        // where PyTorch does not start, nothing else need be
        Torch.engine();
        return new Demo(options, configure);
    }

    /** Prompts of the evaluation: neither VP-Score nor the policy is trained on them, whoever pushes them. */
    private static boolean heldOut(String text) {
        return new SceneParser()
                .parse(text)
                .map(spec -> Split.of(spec) == Split.HELD_OUT)
                .orElse(false);
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.add(part);
        return part;
    }

    private static DataLock lock(Path data) throws IOException {
        return DataLock.take(data)
                .orElseThrow(() -> new IOException(
                        "Another demo runs in " + data + ": stop it, or choose another folder with --data"));
    }

    /** Kafka's own port where it is free, so that other commands find the broker without being told. */
    private static int port() {
        try (ServerSocket socket = new ServerSocket(KAFKA_PORT, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            log.info("Port {} is taken: the broker listens on another one", KAFKA_PORT);
            return 0;
        }
    }

    /** Where the page is. */
    public String url() {
        return gateway.url();
    }

    /** Where other commands reach the broker. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Whether other commands find the broker only when they are told where it is: Kafka's own port was taken. */
    public boolean isElsewhere() {
        return !broker.bootstrapServers().endsWith(":" + KAFKA_PORT);
    }

    /**
     * Tells how it is doing, every few seconds, until the time is over or {@link #stop} is called.
     *
     * @return whether the time was over
     */
    public boolean run(Consumer<DemoStatus> status) throws InterruptedException {
        while (!stopping.await(STATUS_SECONDS, TimeUnit.SECONDS)) {
            status.accept(status());
            if (options.duration() != null && seconds() >= options.duration().toSeconds()) {
                return true;
            }
        }
        return false;
    }

    /** How it is doing. */
    public DemoStatus status() {
        Health health = node.context().runtime().health();
        return DemoStatus.of(seconds(), gateway.status().view(), List.of(health.live(), health.ready()));
    }

    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        stopping.countDown();
    }

    /**
     * Lets what is under way end, stops the stages, and then measures and counts what the run has come to.
     *
     * @param file where the report is written; the contact sheet goes beside it
     */
    public void finish(Path file) throws IOException, InterruptedException {
        long ran = seconds();
        prompts.close();
        gold.close();
        awaitPrompts();
        var curve = node.context().evaluations().points();
        memory.close();
        StageContext context = node.context();
        node.stopStages();
        Path sheet = file.resolveSibling(file.getFileName().toString().replaceFirst("\\.json$", "") + ".png");
        Optional<FinalEval.Result> result = FinalEval.run(options.base(), weights, sheet);
        TopicAudit audit =
                TopicAudit.of(context.runtime().kafka(), context.runtime().topics());
        DemoReport.of(ran, audit, result, curve, memory).write(file);
    }

    private void awaitPrompts() throws InterruptedException {
        long end = System.nanoTime() + DRAIN.toNanos();
        while (open() > 0 && System.nanoTime() < end && !stopping.await(200, TimeUnit.MILLISECONDS)) {
            log.debug("{} prompts are under way", open());
        }
        int left = open();
        if (left > 0) {
            log.warn(
                    "{} prompts are not finished: the report counts them as lost, the next start goes on with them",
                    left);
        }
    }

    private int open() {
        return gateway.status().view().prompts().states().entrySet().stream()
                .filter(entry -> !isTerminal(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private static boolean isTerminal(String label) {
        return label.equals(PromptState.JUDGED.label()) || label.equals(PromptState.DEAD_LETTERED.label());
    }

    /** Stops everything, in the order against that of the start. */
    @Override
    public void close() {
        stop();
        for (int i = parts.size() - 1; i >= 0; i--) {
            try {
                parts.get(i).close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                log.warn("A part of the demo has not stopped well", e);
            }
        }
        parts.clear();
    }
}
