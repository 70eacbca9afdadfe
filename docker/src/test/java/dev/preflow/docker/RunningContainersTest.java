package dev.preflow.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.Split;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image in containers: prompts go in at the gateway, and what comes out is read there. */
class RunningContainersTest {

    private static final int PROMPTS = 24;
    private static final int IMAGES_PER_PROMPT = 4;
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static @Nullable Deployment deployment;

    @BeforeAll
    static void startContainers() throws Exception {
        DockerCli.assumeEngine();
        DockerCli.assumeImage(Deployment.KAFKA_IMAGE);
        PreflowImage.build();
        deployment = Deployment.start();
    }

    @AfterAll
    static void stopContainers() {
        if (deployment != null) {
            deployment.close();
        }
    }

    @Test
    void shouldJudgeAndScoreWhatIsPushed() throws Exception {
        var gateway = running().gateway();
        var scored = gateway.followScores();
        var prompts = scenes();

        gateway.push(prompts);

        for (var id : prompts.keySet()) {
            await(id)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> isJudgedAndScored(gateway.prompt(id)));
        }
        for (var id : prompts.keySet()) {
            var prompt = gateway.prompt(id);
            assertThat(prompt.get("text").textValue()).isEqualTo(prompts.get(id));
            assertThat(prompt.get("images")).hasSize(IMAGES_PER_PROMPT).allSatisfy(RunningContainersTest::requireWhole);
            await(id)
                    .atMost(LIMIT)
                    .until(() -> scored.containsAll(prompt.get("images").findValuesAsText("id")));
        }
        var image = gateway.prompt("scene-0").get("images").get(0);
        var pixels = ImageIO.read(
                new ByteArrayInputStream(gateway.bytes(image.get("url").textValue())));
        assertThat(pixels.getWidth()).isEqualTo(image.get("width").intValue());
    }

    @Test
    void shouldGiveUpWithAReasonWhatTheJudgeRefuses() throws Exception {
        var gateway = running().gateway();

        gateway.push(Map.of("idea", "the taste of honesty"));

        await().atMost(LIMIT).until(() -> gateway.prompt("idea").has("endedAt"));
        var prompt = gateway.prompt("idea");
        assertThat(prompt.get("state").textValue()).isEqualTo("dead-lettered");
        assertThat(prompt.get("reason").textValue()).isEqualTo("refused");
    }

    @Test
    void shouldNotRunAsRoot() throws Exception {
        assertThat(running().inFront("id", "-u")).isEqualTo("10001");
    }

    private static Map<String, String> scenes() {
        var random = new SplittableRandom(1);
        var grammar = new PromptGrammar();
        Map<String, String> prompts = new LinkedHashMap<>();
        for (int i = 0; i < PROMPTS; i++) {
            prompts.put("scene-" + i, grammar.sample(random, Split.TRAIN, 1).text());
        }
        return prompts;
    }

    private static boolean isJudgedAndScored(JsonNode prompt) {
        return prompt.get("state").textValue().equals("judged")
                && StreamSupport.stream(prompt.get("images").spliterator(), false)
                        .noneMatch(image -> image.get("scores").isEmpty());
    }

    private static void requireWhole(JsonNode image) {
        assertThat(image.get("ratings")).hasSize(4).allSatisfy(rating -> {
            assertThat(rating.get("score").intValue()).isBetween(1, 5);
            assertThat(rating.get("rationale").textValue()).isNotBlank();
        });
        assertThat(image.get("ratings").findValuesAsText("aspect"))
                .containsExactlyInAnyOrder("prompt-following", "aesthetic", "fidelity", "harmlessness");
        assertThat(image.get("scores").get(0).get("rewardRelease").textValue()).isNotBlank();
    }

    private static Deployment running() {
        if (deployment == null) {
            throw new IllegalStateException("The containers have not started");
        }
        return deployment;
    }
}
