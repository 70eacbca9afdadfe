package dev.preflow.models.vae;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large images and many images: the same values in less memory, or those of diffusers' tiles. */
class TilingTest {

    private final NDManager manager = TestDevice.newManager();
    private final Autograd off = Autograd.disabled();

    @AfterEach
    void close() {
        off.close();
        manager.close();
    }

    @Test
    void shouldMapTilesAsDiffusersDoes() {
        try (DiffusionPipeline pipeline =
                        DiffusionPipeline.load(Reference.folder("sd1"), "reference", Precision.FLOAT32, manager);
                Parameters expected =
                        SafetensorsReader.readAll(Reference.folder("tiling").resolve(Reference.VALUES), manager)) {
            AutoencoderKL vae = pipeline.models().vae();
            NDArray decoded = vae.decoding()
                    .map(
                            expected.get("latents"),
                            tile -> vae.images(pipeline.vae().root(), tile));
            assertThat(Reference.difference(decoded, expected.get("decoded"))).isLessThan(1e-4);
            NDArray moments = vae.encoding()
                    .map(
                            expected.get("images"),
                            tile -> vae.moments(pipeline.vae().root(), tile));
            NDArray mean = moments.get(new NDIndex(":, :4"));
            assertThat(Reference.difference(mean, expected.get("encoded"))).isLessThan(1e-4);
        }
    }

    @Test
    void shouldDecodeManyImagesOneByOne() {
        AutoencoderKL vae =
                new AutoencoderKL(VaeConfig.of(8, List.of(4, 6), 1, 2, 2).withMidAttention(false));
        Parameters parameters = new Parameters(manager);
        vae.init(parameters.root(), 3);
        NDArray latents = Noise.normal(manager, 1, new Shape(3, 2, 256, 256));
        NDArray together = vae.decode(parameters.root(), latents);
        assertThat(together.getShape()).isEqualTo(new Shape(3, 3, 512, 512));
        assertThat(Reference.difference(together, vae.images(parameters.root(), latents)))
                .isLessThan(1e-6);
    }

    @Test
    void shouldAttendSomeQueriesAtATime() {
        AutoencoderKL vae = new AutoencoderKL(VaeConfig.of(8, List.of(4, 6), 1, 2, 2));
        Parameters parameters = new Parameters(manager);
        vae.init(parameters.root(), 3);
        // 65×65 queries are two slices; turned on its side the image has other ones
        NDArray latents = Noise.normal(manager, 1, new Shape(1, 2, 65, 65));
        Parameters turned = new Parameters(manager);
        parameters
                .asMap()
                .forEach((name, array) -> turned.add(
                        name,
                        array.getShape().dimension() == 4
                                ? array.transpose(0, 1, 3, 2).duplicate()
                                : array.duplicate()));
        NDArray decoded = vae.decode(parameters.root(), latents);
        NDArray sideways = vae.decode(turned.root(), latents.transpose(0, 1, 3, 2));
        assertThat(Reference.difference(decoded, sideways.transpose(0, 1, 3, 2)))
                .isLessThan(1e-5);
    }

    @Test
    void shouldRunInHalfPrecision() {
        AutoencoderKL vae = new AutoencoderKL(VaeConfig.of(8, List.of(8, 16), 1, 2, 4));
        Parameters exact = new Parameters(manager);
        vae.init(exact.root(), 3);
        Parameters half = new Parameters(manager, DataType.FLOAT16);
        exact.asMap().forEach((name, array) -> half.add(name, array.duplicate()));
        NDArray images = Noise.uniform(manager, Noise.generator(1), 1, new Shape(2, 3, 16, 16));
        NDArray latents = vae.encode(half.root(), images).mean();
        assertThat(latents.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(Reference.difference(
                        latents, vae.encode(exact.root(), images).mean()))
                .isLessThan(1e-2);
        NDArray decoded = vae.decode(half.root(), latents);
        assertThat(decoded.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(Reference.difference(decoded, vae.decode(exact.root(), latents)))
                .isLessThan(1e-2);
    }
}
