package dev.preflow.models.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.checkpoint.SparseFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectorTest {

    @TempDir
    private Path folder;

    private Inspection inspect(Map<String, Shape> shapes) throws IOException {
        return Inspector.inspect(SparseFile.write(folder.resolve("model.safetensors"), shapes, Map.of()));
    }

    @Test
    void shouldCountStableDiffusionXl() throws IOException {
        Inspection found = inspect(SparseFile.published("sdxl"));

        assertThat(found.family()).isEqualTo("Stable Diffusion XL");
        assertThat(found.imageSize()).isEqualTo(1024);
        assertThat(found.predictionType()).isEqualTo("epsilon");
        assertThat(found.parts())
                .extracting(Part::name)
                .containsExactly("unet", "text_encoder", "text_encoder_2", "vae", "not used");
        // as published: 2.57 billion in the U-Net, 83.7 million in the autoencoder
        assertThat(found.parts().get(0).parameters()).isEqualTo(2_567_463_684L);
        assertThat(found.parts().get(3).parameters()).isEqualTo(83_653_863L);
        assertThat(found.parts().get(0).precisions()).containsExactly(Map.entry("F16", 2_567_463_684L));
    }

    @Test
    void shouldTellTheRefinerFromTheBase() throws IOException {
        Path reference = Path.of("src/test/resources/reference");

        assertThat(Inspector.inspect(reference.resolve("sdxl-refiner")).family())
                .isEqualTo("Stable Diffusion XL refiner");
        assertThat(Inspector.inspect(reference.resolve("sdxl")).family()).isEqualTo("Stable Diffusion XL");
    }

    @Test
    void shouldPlanTheMemoryOfStableDiffusion() throws IOException {
        Inspection found = inspect(SparseFile.published("sd1"));

        // 859,520,964 in the U-Net, 123,060,480 in the text encoder, 83,653,863 in the autoencoder
        MemoryPlan memory = found.memory();
        assertThat(memory).isNotNull();
        long policy = 859_520_964L + 123_060_480L;
        assertThat(memory.runFloat32()).isEqualTo(4 * (policy + 83_653_863L));
        assertThat(memory.trainAll()).isEqualTo(24 * policy + 4 * 83_653_863L);
        // LoRA of rank 16 on SD 1.5's attentions is known to have 3.2 million parameters
        assertThat((memory.trainLora() - memory.runFloat16()) / 20).isEqualTo(3_188_736L);
    }

    @Test
    void shouldTellBothFormsOfLora() throws IOException {
        Map<String, Shape> kohya = new TreeMap<>();
        Map<String, Shape> diffusers = new TreeMap<>();
        for (String block : new String[] {"down", "mid"}) {
            kohya.put("lora_unet_" + block + "_to_q.lora_down.weight", new Shape(4, 320));
            kohya.put("lora_unet_" + block + "_to_q.lora_up.weight", new Shape(320, 4));
            kohya.put("lora_unet_" + block + "_to_q.alpha", new Shape());
            diffusers.put("unet." + block + ".to_q.lora_A.weight", new Shape(8, 320));
            diffusers.put("unet." + block + ".to_q.lora_B.weight", new Shape(320, 8));
        }
        kohya.put("lora_te_text_model_fc1.lora_down.weight", new Shape(4, 768));

        Inspection first = inspect(kohya);
        Inspection second = inspect(diffusers);

        assertThat(first.family()).isEqualTo("LoRA");
        assertThat(first.form()).isEqualTo("kohya's form, rank 4, 3 layers");
        assertThat(first.parts()).extracting(Part::name).containsExactly("text_encoder", "unet");
        assertThat(second.form()).isEqualTo("diffusers' form, rank 8, 2 layers");
        assertThat(second.memory()).isNull();
    }
}
