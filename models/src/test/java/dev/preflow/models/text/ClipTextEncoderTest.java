package dev.preflow.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.GradientCheck;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTextEncoderTest {

    private final NDManager manager = TestDevice.newManager();
    private final Parameters parameters = new Parameters(manager);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private static ClipTextConfig tiny(String activation) {
        return new ClipTextConfig(null, 9, 8, 16, 2, 2, 5, activation, null, null, null);
    }

    private NDArray ids(long... ids) {
        return manager.create(ids, new Shape(1, ids.length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"quick_gelu", "gelu"})
    void shouldHaveTheGradientsOfItsParameters(String activation) {
        ClipTextEncoder encoder = new ClipTextEncoder(tiny(activation));
        encoder.init(parameters.root(), 1);
        Parameters doubles = GradientCheck.variables(parameters);
        NDArray weights = GradientCheck.variable(manager, 2, 1, 4, 8);
        weights.setRequiresGradient(false);
        GradientCheck.check(doubles, () -> encoder.forward(doubles.root(), ids(1, 7, 7, 2))
                .mul(weights)
                .sum());
    }

    @Test
    void shouldNotSeeLaterTokens() {
        ClipTextEncoder encoder = new ClipTextEncoder(tiny("gelu"));
        encoder.init(parameters.root(), 1);
        try (Autograd off = Autograd.disabled()) {
            NDArray one = encoder.forward(parameters.root(), ids(1, 2, 3));
            NDArray other = encoder.forward(parameters.root(), ids(1, 2, 4));
            assertThat(one.get("0, :2").sub(other.get("0, :2")).abs().max().getFloat())
                    .isLessThan(1e-6f);
            assertThat(one.get("0, 2").sub(other.get("0, 2")).abs().max().getFloat())
                    .isGreaterThan(1e-3f);
        }
    }

    @Test
    void shouldHaveTheNamesOfTransformers() {
        new ClipTextEncoder(tiny("gelu")).init(parameters.root(), 1);
        assertThat(parameters.names())
                .contains(
                        "text_model.embeddings.token_embedding.weight",
                        "text_model.embeddings.position_embedding.weight",
                        "text_model.encoder.layers.1.self_attn.out_proj.bias",
                        "text_model.encoder.layers.0.layer_norm1.weight",
                        "text_model.encoder.layers.0.mlp.fc1.weight",
                        "text_model.final_layer_norm.bias")
                .hasSize(2 + 2 * 16 + 2);
    }

    @Test
    void shouldPoolAtTheEndOfTextByTheRuleOfTheConfig() {
        try (Autograd off = Autograd.disabled()) {
            NDArray ids = ids(1, 5, 7, 5);
            NDArray atFive = projecting(5).penultimate(parameters.root(), ids).pooled();
            NDArray atLargest =
                    projecting(2).penultimate(parameters.root(), ids).pooled();
            NDArray atSeven = projecting(7).penultimate(parameters.root(), ids).pooled();
            assertThat(atFive.getShape()).isEqualTo(new Shape(1, 3));
            assertThat(atLargest).isEqualTo(atSeven).isNotEqualTo(atFive);
            assertThatThrownBy(() -> projecting(4).penultimate(parameters.root(), ids))
                    .hasMessageContaining("eos_token_id 4");
        }
    }

    private ClipTextEncoder projecting(int end) {
        ClipTextEncoder encoder = new ClipTextEncoder(
                new ClipTextConfig(List.of("CLIPTextModelWithProjection"), 9, 8, 16, 2, 2, 5, "gelu", null, 3, end));
        if (parameters.names().isEmpty()) {
            encoder.init(parameters.root(), 1);
        }
        return encoder;
    }

    @Test
    void shouldRefuseTextsThatAreTooLong() {
        ClipTextEncoder encoder = new ClipTextEncoder(tiny("gelu"));
        encoder.init(parameters.root(), 1);
        assertThatThrownBy(() -> encoder.forward(parameters.root(), ids(1, 1, 1, 1, 1, 1)))
                .hasMessageContaining("length 6");
    }

    @Test
    void shouldReadWhatItWrote() throws Exception {
        Path file = folder.resolve("config.json");
        tiny("quick_gelu").write(file);
        assertThat(ClipTextConfig.read(file)).isEqualTo(tiny("quick_gelu"));
        Files.writeString(file, Files.readString(file).replace("quick_gelu", "relu"));
        assertThatThrownBy(() -> ClipTextConfig.read(file)).hasMessageContaining("relu");
    }
}
