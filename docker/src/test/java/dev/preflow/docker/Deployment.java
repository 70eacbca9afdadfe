package dev.preflow.docker;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka, the judge and the stages in containers of one network, as the compose file has them, with fewer virtual machines:
 * those that draw, learn and score share one, the others another.
 */
final class Deployment implements AutoCloseable {

    static final String KAFKA_IMAGE = "apache/kafka:4.3.1";

    private static final int GATEWAY_PORT = 8080;
    private static final int JUDGE_PORT = 8000;
    private static final long MIB = 1 << 20;
    private static final Duration START = Duration.ofMinutes(3);
    private static final Path LOGS = Path.of("target", "containers");
    private static final String BLOBS = "/var/lib/preflow/blobs";
    private static final String MODEL = "/opt/preflow/demo/models/base";

    /** So little that the first reward release comes after a few prompts, whatever it has learnt. */
    private static final Map<String, String> HASTY_LEARNING = Map.of(
            "PREFLOW_SCORER_TRAINING_MIN_PAIRS", "8",
            "PREFLOW_SCORER_HELD_OUT_SHARE", "0.3",
            "PREFLOW_SCORER_GATE_EVERY", "1s",
            "PREFLOW_SCORER_GATE_STEPS", "2",
            "PREFLOW_SCORER_GATE_MIN_PAIRS", "4",
            "PREFLOW_SCORER_GATE_MIN_ACCURACY", "0");

    private static final Map<String, String> POOL = Map.of(
            "PREFLOW_GENERATORS_POLICY_KIND", "policy",
            "PREFLOW_GENERATORS_POLICY_DIRECTORY", MODEL,
            "PREFLOW_GENERATORS_HASTY_KIND", "frozen",
            "PREFLOW_GENERATORS_HASTY_DIRECTORY", MODEL,
            "PREFLOW_GENERATORS_HASTY_STEPS", "2",
            "PREFLOW_PLANNER_STEPS", "6");

    private final Network network = Network.newNetwork();
    private final String blobs = "preflow-test-" + UUID.randomUUID();
    private final Deque<GenericContainer<?>> started = new ArrayDeque<>();
    private final GenericContainer<?> front;

    private Deployment() {
        DockerClientFactory.lazyClient()
                .createVolumeCmd()
                .withName(blobs)
                .withLabels(DockerClientFactory.DEFAULT_LABELS)
                .exec();
        front = preflow("front", 1024, "serve", "--stages", "planner,assembler,annotators,gateway")
                .withEnv("PREFLOW_ANNOTATOR_URL", "http://judge:%d/v1".formatted(JUDGE_PORT))
                .withEnv("PREFLOW_ANNOTATOR_MODEL", "scene-judge")
                .withExposedPorts(GATEWAY_PORT)
                .waitingFor(Wait.forHttp("/health/ready").forPort(GATEWAY_PORT).withStartupTimeout(START));
    }

    /** Starts everything; waits until the gateway is ready. */
    static Deployment start() {
        var deployment = new Deployment();
        try {
            deployment.start("kafka", deployment.kafka());
            deployment.start("judge", deployment.judge());
            deployment.start("front", deployment.front);
            deployment.start(
                    "models",
                    deployment
                            .preflow("models", 3072, "serve", "--stages", "generators,learner,scorer")
                            .withEnv(HASTY_LEARNING));
        } catch (RuntimeException e) {
            deployment.close();
            throw e;
        }
        return deployment;
    }

    /** A client of its gateway. */
    GatewayClient gateway() {
        return new GatewayClient(front.getHost(), front.getMappedPort(GATEWAY_PORT));
    }

    /** Runs a command in the gateway's container and gives what it prints. */
    String inFront(String... command) throws IOException, InterruptedException {
        return front.execInContainer(command).getStdout().strip();
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            var container = started.pop();
            keepLog(container);
            container.stop();
        }
        DockerClientFactory.lazyClient().removeVolumeCmd(blobs).exec();
        network.close();
    }

    private void start(String alias, GenericContainer<?> container) {
        started.push(container);
        container.withNetworkAliases(alias).withNetwork(network).start();
    }

    private GenericContainer<?> kafka() {
        return new GenericContainer<>(DockerImageName.parse(KAFKA_IMAGE))
                .withEnv("KAFKA_NODE_ID", "1")
                .withEnv("KAFKA_PROCESS_ROLES", "broker,controller")
                .withEnv("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093")
                .withEnv("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka:9092")
                .withEnv("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT")
                .withEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
                .withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .withEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
                .waitingFor(Wait.forSuccessfulCommand("bash -c '</dev/tcp/127.0.0.1/9092'")
                        .withStartupTimeout(START));
    }

    private GenericContainer<?> judge() {
        return preflow("judge", 512, "judge", "--host", "0.0.0.0", "--port", Integer.toString(JUDGE_PORT))
                .withExposedPorts(JUDGE_PORT)
                .waitingFor(Wait.forHttp("/health").forPort(JUDGE_PORT).withStartupTimeout(START));
    }

    private GenericContainer<?> preflow(String name, long mebibytes, String... command) {
        return new GenericContainer<>(DockerImageName.parse(PreflowImage.NAME))
                .withCommand(command)
                .withEnv("PREFLOW_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
                .withEnv(POOL)
                .withCreateContainerCmdModifier(create -> create.getHostConfig()
                        .withMemory(mebibytes * MIB)
                        .withBinds(new Bind(blobs, new Volume(BLOBS))));
    }

    /** For whoever wonders why a test failed. */
    private static void keepLog(GenericContainer<?> container) {
        try {
            Files.createDirectories(LOGS);
            var name = container
                    .getNetworkAliases()
                    .get(container.getNetworkAliases().size() - 1);
            Files.writeString(LOGS.resolve(name + ".log"), container.getLogs());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
