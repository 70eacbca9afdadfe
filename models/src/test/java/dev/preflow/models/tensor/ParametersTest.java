package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParametersTest {

    private final NDManager manager = TestDevice.newManager();
    private final Parameters parameters = new Parameters(manager);

    @BeforeEach
    void fill() {
        parameters.add("b.weight", Noise.normal(manager, 1, new Shape(2, 3)));
        parameters.add("a.bias", Noise.normal(manager, 2, new Shape(3)));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldNameTheMissingParameterAndItsNeighbour() {
        assertThatThrownBy(() -> parameters.get("b.wieght"))
                .isInstanceOf(MissingParameterException.class)
                .hasMessageContaining("b.wieght")
                .hasMessageContaining("b.weight");
    }

    @Test
    void shouldSeeParametersThroughAScope() {
        Scope scope = parameters.scope("b");
        assertThat(scope.get("weight")).isSameAs(parameters.get("b.weight"));
        assertThat(scope.find("bias")).isNull();
        assertThat(parameters.names()).containsExactly("a.bias", "b.weight");
        assertThat(parameters.count()).isEqualTo(9);
    }

    @Test
    void shouldCopyDeeplyAndAssignInPlace() {
        parameters.trainable(name -> name.startsWith("b"));
        Parameters copy = parameters.copy(manager);
        float[] original = copy.get("b.weight").toFloatArray();
        try (Autograd off = Autograd.disabled()) {
            parameters.get("b.weight").addi(1);
        }
        assertThat(copy.get("b.weight").toFloatArray()).containsExactly(original);
        assertThat(copy.trained()).isEmpty();
        var array = parameters.get("b.weight");
        parameters.assignFrom(copy);
        assertThat(parameters.get("b.weight")).isSameAs(array);
        assertThat(array.toFloatArray()).containsExactly(original);
        assertThat(array.hasGradient()).isTrue();
    }

    @Test
    void shouldRefuseParametersThatDiffer() {
        Parameters other = parameters.copy(manager);
        other.add("c", Noise.normal(manager, 3, new Shape(1)));
        assertThatThrownBy(() -> parameters.assignFrom(other)).hasMessageContaining("only there [c]");
    }

    @Test
    void shouldGiveZeroGradientsBeforeALoss() {
        assertThat(parameters.trainable(name -> name.endsWith("bias"))).containsExactly("a.bias");
        assertThat(parameters.gradients(manager).get(0).toFloatArray()).containsExactly(0, 0, 0);
        assertThat(parameters.trainable(name -> false)).isEmpty();
        assertThat(parameters.trained()).isEmpty();
    }
}
