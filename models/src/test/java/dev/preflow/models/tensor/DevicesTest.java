package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {

    @Test
    void shouldChooseByPyTorchsNames() {
        assertThat(Devices.choose("cpu", true, 2)).containsExactly(Device.cpu());
        assertThat(Devices.choose("cuda", true, 2)).containsExactly(Device.gpu(0));
        assertThat(Devices.choose("cuda:1", true, 2)).containsExactly(Device.gpu(1));
        assertThat(Devices.choose("all", true, 2)).containsExactly(Device.gpu(0), Device.gpu(1));
        assertThat(Devices.name(Device.gpu(1))).isEqualTo("cuda:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda", "cuda:0", "all"})
    void shouldSayThatThereIsNoCuda(String name) {
        assertThatThrownBy(() -> Devices.choose(name, false, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("PREFLOW_PROFILE=cuda");
        assertThatThrownBy(() -> Devices.choose(name, true, 0)).hasMessageContaining("CUDA_VISIBLE_DEVICES");
    }

    @ParameterizedTest
    @CsvSource({"cuda:2,[cuda:0 cuda:1]", "cuda:-1,cuda:N", "tpu,cuda:N", "'',cuda:N", "CUDA,cuda:N"})
    void shouldRefuseWhatThereIsNot(String name, String expected) {
        assertThatThrownBy(() -> Devices.choose(name, true, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Device " + name)
                .hasMessageContaining(expected.replace(" ", ", "));
    }

    @Test
    void shouldComputeInHalfPrecisionOnCudaOnly() {
        assertThat(Precision.AUTO.weights(Device.gpu())).isEqualTo(DataType.FLOAT16);
        assertThat(Precision.AUTO.weights(Device.cpu())).isEqualTo(DataType.FLOAT32);
        assertThat(Precision.parse("float16").weights(Device.cpu())).isEqualTo(DataType.FLOAT16);
        assertThat(Precision.parse("float32").weights(Device.gpu())).isEqualTo(DataType.FLOAT32);
        assertThatThrownBy(() -> Precision.parse("bf16")).hasMessageContaining("[auto, float32, float16]");
    }

    @Test
    void shouldMakeArraysOnTheProcessorUnlessAskedOtherwise() {
        try (NDManager manager = Torch.newManager();
                NDManager same = Compute.of("cpu", "auto").newManager()) {
            assertThat(manager.getDevice()).isEqualTo(Device.cpu());
            assertThat(same.getDevice()).isEqualTo(Device.cpu());
        }
    }
}
