package dev.preflow.models.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.pipeline.TinyPipeline;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.models.weights.WeightsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LoraFileTest {
    private static final String QUERY = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    private static final String TEXT = "text_model.encoder.layers.0.self_attn.q_proj";

    @TempDir
    private Path folder;

    private final NDManager manager = TestDevice.newManager();
    private final Parameters base = TinyPipeline.models("DDIMScheduler").initPolicy(manager, 1);
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("lora.safetensors");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadWhatItWrote(LoraFormat format) {
        Lora lora = lora();

        LoraFile.write(file, lora, base, format, Map.of("preflow.note", "kept"));
        Lora read = LoraFile.read(file, base, manager);

        assertThat(read.parameters().names()).isEqualTo(lora.parameters().names());
        lora.parameters().asMap().forEach((name, array) -> assertThat(
                        read.parameters().get(name).toFloatArray())
                .as(name)
                .isEqualTo(array.toFloatArray()));
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.metadata()).containsEntry("preflow.note", "kept").containsEntry("format", "pt");
        }
    }

    @Test
    void shouldSpellDiffusersKeysAndKeepItsConfiguration() throws Exception {
        LoraFile.write(file, lora(), base, LoraFormat.DIFFUSERS, Map.of());

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.entries())
                    .containsKeys("unet." + QUERY + ".lora_A.weight", "text_encoder." + TEXT + ".lora_B.weight")
                    .allSatisfy((name, entry) -> assertThat(name).doesNotContain("alpha"));
            JsonNode config = new ObjectMapper().readTree(reader.metadata().get("lora_adapter_metadata"));
            assertThat(config.get("unet.r").asInt()).isEqualTo(2);
            assertThat(config.get("unet.lora_alpha").asDouble()).isEqualTo(6);
            assertThat(config.get("text_encoder.target_modules")).isNotEmpty();
        }
    }

    @Test
    void shouldSpellKohyasKeysAndMetadata() {
        LoraFile.write(file, lora(), base, LoraFormat.KOHYA, Map.of());

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.entries())
                    .containsKeys(
                            "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight",
                            "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.alpha",
                            "lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_up.weight");
            assertThat(reader.metadata())
                    .containsEntry("ss_network_dim", "2")
                    .containsEntry("ss_network_alpha", "6.0")
                    .containsEntry("ss_network_module", "networks.lora");
        }
    }

    @Test
    void shouldNumberTextEncodersWhereThereAreTwo() {
        Parameters two = new Parameters(manager);
        for (String part : List.of("text_encoder", "text_encoder_2")) {
            two.add(part + "." + TEXT + ".weight", manager.zeros(new Shape(4, 4)));
        }
        Lora lora = Lora.create(two, new LoraOptions(1, 1, List.of("q_proj")), 1, manager);

        LoraFile.write(file, lora, two, LoraFormat.KOHYA, Map.of());

        assertThat(arrays())
                .containsKeys(
                        "lora_te1_text_model_encoder_layers_0_self_attn_q_proj.alpha",
                        "lora_te2_text_model_encoder_layers_0_self_attn_q_proj.alpha");
        assertThat(LoraFile.read(file, two, manager).modules()).isEqualTo(lora.modules());
    }

    @Test
    void shouldKeepRanksAndAlphasThatDiffer() {
        Lora lora = lora();
        Lora other = Lora.create(base, new LoraOptions(3, 7, List.of("proj_in")), 2, manager);
        Lora both = new Lora(Parameters.view(manager, lora.parameters(), other.parameters()));

        LoraFile.write(file, both, base, LoraFormat.DIFFUSERS, Map.of());
        Lora read = LoraFile.read(file, base, manager);

        String layer = "unet.mid_block.attentions.0.proj_in";
        assertThat(read.rank(layer)).isEqualTo(3);
        assertThat(read.alpha(layer)).isEqualTo(7);
        assertThat(read.alpha("unet." + QUERY)).isEqualTo(6);
    }

    /** Forms that published files have had, each as the modern name and how it was spelled. */
    @ParameterizedTest
    @CsvSource({
        "unet.@.to_q.lora_A.weight, unet.@.processor.to_q_lora.down.weight",
        "unet.@.to_out.0.lora_B.weight, unet.@.processor.to_out_lora.up.weight",
        "unet.@.to_q.lora_A.weight, @.processor.to_q_lora.down.weight",
        "unet.@.to_v.lora_B.weight, unet.@.to_v.lora.up.weight",
        "unet.@.to_k.lora_A.weight, base_model.model.@.to_k.lora_A.weight",
        "unet.@.to_k.lora_A.weight, base_model.model.@.to_k.lora_A.default.weight",
        "text_encoder.#.q_proj.lora_A.weight, text_encoder.#.q_proj.lora_linear_layer.down.weight",
        "text_encoder.#.out_proj.lora_B.weight, text_encoder.#.to_out_lora.up.weight",
        "text_encoder.#.k_proj.lora_A.weight, text_encoder.encoder.layers.0.self_attn.k_proj.lora_A.weight",
        "unet.mid_block.attentions.0.proj_in.lora_B.weight, lora_unet_middle_block_1_proj_in.lora_up.weight",
        "unet.up_blocks.0.attentions.1.proj_in.lora_A.weight, lora_unet_output_blocks_1_1_proj_in.lora_down.weight",
        "text_encoder.#.k_proj.lora_A.weight, lora_te1_encoder_layers_0_self_attn_k_proj.lora_down.weight",
        "text_encoder.#.k_proj.lora_A.weight, lora_te1_text_model_encoder_layers_0_self_attn_k_proj.lora_down.weight",
    })
    void shouldKnowOlderSpellings(String modern, String spelled) {
        LoraNames.Key key = LoraNames.parse(whole(spelled));

        assertThat(key).isNotNull();
        assertThat(new LoraNames(base).layer(key.layer()) + "." + key.part()).isEqualTo(whole(modern));
    }

    /** kohya's scripts train SDXL on the network of its authors, whose blocks are numbered through. */
    @ParameterizedTest
    @CsvSource({
        "down_blocks.1.attentions.1.transformer_blocks.9.attn2.to_k, input_blocks_5_1_transformer_blocks_9_attn2_to_k",
        "down_blocks.2.attentions.0.proj_in, input_blocks_7_1_proj_in",
        "down_blocks.0.resnets.1.conv2, input_blocks_2_0_out_layers_3",
        "down_blocks.1.downsamplers.0.conv, input_blocks_6_0_op",
        "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj, middle_block_1_transformer_blocks_0_ff_net_0_proj",
        "mid_block.resnets.1.time_emb_proj, middle_block_2_emb_layers_1",
        "up_blocks.0.attentions.2.transformer_blocks.3.attn1.to_out.0, output_blocks_2_1_transformer_blocks_3_attn1_to_out_0",
        "up_blocks.2.resnets.1.conv_shortcut, output_blocks_7_0_skip_connection",
        "up_blocks.1.upsamplers.0.conv, output_blocks_5_2_conv",
        "conv_in, input_blocks_0_0",
        "add_embedding.linear_2, label_emb_0_2",
    })
    void shouldKnowLatentDiffusionsNames(String own, String ldm) {
        LdmLayers layers = new LdmLayers(List.of(
                "down_blocks.0.resnets.0.conv1", "down_blocks.0.resnets.1.conv1", "up_blocks.1.attentions.0.proj_in"));

        assertThat(layers.name(own).replace('.', '_')).isEqualTo(ldm);
    }

    private static String whole(String name) {
        return name.replace("@", "mid_block.attentions.0.transformer_blocks.0.attn1")
                .replace("#", "text_model.encoder.layers.0.self_attn");
    }

    @Test
    void shouldTakeTheTermAsItIsWhereNothingTellsAlpha() {
        LoraFile.write(file, lora(), base, LoraFormat.DIFFUSERS, Map.of());
        rewrite(name -> name);

        assertThat(LoraFile.read(file, base, manager).alpha("unet." + QUERY)).isEqualTo(2);
    }

    @Test
    void shouldReadPeftsConfigurationBesideItsFile() throws Exception {
        LoraFile.write(file, unetOnly(), base, LoraFormat.DIFFUSERS, Map.of());
        rewrite(name -> name.replaceFirst("unet\\.", "base_model.model."));
        Path peft = Files.move(file, folder.resolve("adapter_model.safetensors"));
        Files.writeString(folder.resolve("adapter_config.json"), "{\"lora_alpha\": 8, \"use_rslora\": true}");

        // alpha / √2 is what (8 √2) / 2 is
        assertThat(LoraFile.read(peft, base, manager).alpha("unet." + QUERY)).isEqualTo((float) (8 * Math.sqrt(2)));
    }

    @Test
    void shouldRefuseAFileWithoutAdapters() {
        SafetensorsWriter.write(file, Map.of("conv_in.weight", manager.zeros(new Shape(2, 2))), Map.of());

        refused("conv_in.weight", "no part of a LoRA");
    }

    @Test
    void shouldRefuseAnEmptyFile() {
        SafetensorsWriter.write(file, Map.of(), Map.of());

        refused("no tensor at all");
    }

    @Test
    void shouldRefuseLayersThatTheModelLacks() {
        LoraFile.write(file, unetOnly(), base, LoraFormat.DIFFUSERS, Map.of());
        rewrite(name -> name.replace("mid_block", "down_blocks.7"));

        refused("unet.down_blocks.7", "layers that the model does not have");
    }

    @Test
    void shouldRefuseKindsThatItDoesNotKnow() {
        LoraFile.write(file, unetOnly(), base, LoraFormat.DIFFUSERS, Map.of());
        rewrite(name -> name.contains("mid_block") ? name.replace("lora_B.weight", "lora_magnitude_vector") : name);

        refused("lora_magnitude_vector");
    }

    @Test
    void shouldRefuseHalfAnAdapter() {
        LoraFile.write(file, unetOnly(), base, LoraFormat.DIFFUSERS, Map.of());
        Map<String, NDArray> arrays = arrays();
        arrays.remove("unet." + QUERY + ".lora_B.weight");
        SafetensorsWriter.write(file, arrays, Map.of());

        refused(QUERY, "lora_B");
    }

    @Test
    void shouldRefuseRanksAndShapesThatDoNotFit() {
        LoraFile.write(file, unetOnly(), base, LoraFormat.DIFFUSERS, Map.of());
        for (long[] shape : new long[][] {{16, 3}, {15, 2}, {16, 2, 1}}) {
            Map<String, NDArray> arrays = arrays();
            arrays.put("unet." + QUERY + ".lora_B.weight", manager.zeros(new Shape(shape)));
            SafetensorsWriter.write(file, arrays, Map.of());

            refused("unet." + QUERY + ".lora_B.weight", "(16, 2)");
        }
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> LoraFile.read(file, base, manager))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(parts);
    }

    private Lora lora() {
        Lora lora = Lora.create(
                base, new LoraOptions(2, 6, List.of("to_q", "to_out.0", "conv2", "q_proj", "out_proj")), 3, manager);
        LoraTest.randomise(lora, 4);
        return lora;
    }

    private Lora unetOnly() {
        return Lora.create(base, new LoraOptions(2, 6, List.of("to_q")), 3, manager);
    }

    private Map<String, NDArray> arrays() {
        return new HashMap<>(SafetensorsReader.readAll(file, manager).asMap());
    }

    /** Writes the file anew with other names and no metadata. */
    private void rewrite(UnaryOperator<String> rename) {
        Map<String, NDArray> renamed = new HashMap<>();
        arrays().forEach((name, array) -> renamed.put(rename.apply(name), array));
        SafetensorsWriter.write(file, renamed, Map.of());
    }
}
