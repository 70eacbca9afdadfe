package dev.preflow.models.inspect;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.checkpoint.Family;
import dev.preflow.models.checkpoint.LdmCheckpoint;
import dev.preflow.models.pipeline.WeightFiles;
import dev.preflow.models.reward.VpScoreConfig;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.models.weights.TensorEntry;
import dev.preflow.models.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Says what a checkpoint is by its configs and the headers of its files; no weight is read. */
public final class Inspector {

    private static final String INDEX = "model_index.json";
    private static final String CONFIG = "config.json";
    private static final String VP_SCORE_WEIGHTS = "model.safetensors";
    private static final List<String> NETWORKS = List.of("unet", "text_encoder", "text_encoder_2", "vae");
    /** The projections that {@link MemoryPlan#trainLora} adapts. */
    private static final Pattern ADAPTED = Pattern.compile("unet\\..*\\.attn[12]\\.to_(q|k|v|out\\.0)\\.weight");

    private Inspector() {}

    /**
     * Inspects a directory or a file.
     *
     * @throws IOException if it is not there or a config cannot be read
     * @throws dev.preflow.models.weights.WeightsException if a file is damaged
     * @throws IllegalArgumentException if it is none of the kinds that are known; the message says what was looked for
     */
    public static Inspection inspect(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return file(path);
        }
        if (!Files.isDirectory(path)) {
            throw new IOException("There is no file or directory " + path);
        }
        if (Files.exists(path.resolve(INDEX))) {
            return pipeline(path);
        }
        if (Files.exists(path.resolve(CONFIG)) && Files.exists(path.resolve(VP_SCORE_WEIGHTS))) {
            return vpScore(path);
        }
        throw new IllegalArgumentException(path + " is neither a diffusers directory (" + INDEX + ") nor a VP-Score ("
                + CONFIG + " and " + VP_SCORE_WEIGHTS + ")");
    }

    private static Inspection pipeline(Path folder) throws IOException {
        UNetConfig unet = UNetConfig.read(folder.resolve("unet").resolve(CONFIG));
        VaeConfig vae = VaeConfig.read(folder.resolve("vae").resolve(CONFIG));
        SchedulerConfig scheduler =
                SchedulerConfig.load(folder.resolve("scheduler").resolve("scheduler_config.json"));
        List<Part> parts = new ArrayList<>();
        Map<String, Long> files = new TreeMap<>();
        Map<String, Shape> shapes = new TreeMap<>();
        for (String network : NETWORKS) {
            Path own = folder.resolve(network);
            if (Files.isDirectory(own)) {
                boolean text = network.startsWith("text");
                List<TensorEntry> entries = new ArrayList<>();
                for (Path file : WeightFiles.find(own, text ? "model" : "diffusion_pytorch_model")) {
                    entries.addAll(entries(file));
                    files.put(network + "/" + file.getFileName(), Files.size(file));
                }
                parts.add(Part.of(network, entries));
                entries.forEach(entry -> shapes.put(network + "." + entry.name(), entry.shape()));
            }
        }
        Family family = unet.addsTextAndTime() ? Family.SDXL : unet.useLinearProjection() ? Family.SD2 : Family.SD1;
        boolean refiner = family == Family.SDXL && !Files.isDirectory(folder.resolve("text_encoder"));
        return new Inspection(
                folder.toString(),
                refiner ? family.title() + " refiner" : family.title(),
                "diffusers directory",
                parts,
                files,
                scheduler.predictionType().configName(),
                unet.sampleSize() * vae.downsampling(),
                memory(parts, shapes));
    }

    private static Inspection vpScore(Path folder) throws IOException {
        VpScoreConfig config = VpScoreConfig.read(folder.resolve(CONFIG));
        Path file = folder.resolve(VP_SCORE_WEIGHTS);
        return blip(folder, "VP-Score", "directory", file, entries(file), config.imageSize());
    }

    private static Inspection file(Path file) throws IOException {
        try (WeightsFile weights = WeightsFile.open(file)) {
            List<TensorEntry> entries = List.copyOf(weights.entries().values());
            if (LdmCheckpoint.recognises(weights)) {
                return single(file, entries);
            }
            LoraNames lora = LoraNames.of(entries);
            if (lora != null) {
                return new Inspection(
                        file.toString(), "LoRA", lora.form(), lora.parts(), sizes(file), null, null, null);
            }
            String blip = BlipNames.family(weights.entries().keySet());
            if (blip != null) {
                return blip(file, blip, "single file", file, entries, BlipNames.imageSize(weights.entries()));
            }
            throw new IllegalArgumentException(file + ": " + entries.size() + " tensors such as "
                    + entries.stream().limit(3).map(TensorEntry::name).toList()
                    + " are neither Stable Diffusion in one file nor ImageReward, BLIP, VP-Score or a LoRA");
        }
    }

    private static Inspection single(Path file, List<TensorEntry> stored) throws IOException {
        try (LdmCheckpoint checkpoint = LdmCheckpoint.open(file)) {
            List<Part> parts = new ArrayList<>();
            int known = 0;
            for (String network : NETWORKS) {
                List<TensorEntry> own = checkpoint.stored(network + ".");
                if (!own.isEmpty()) {
                    parts.add(Part.of(network, own));
                    known += own.size();
                }
            }
            MemoryPlan memory = memory(parts, checkpoint.tensors().shapes());
            if (known < stored.size()) {
                List<TensorEntry> unused = new ArrayList<>(stored);
                NETWORKS.forEach(network -> unused.removeAll(checkpoint.stored(network + ".")));
                parts.add(Part.of("not used", unused));
            }
            return new Inspection(
                    file.toString(),
                    checkpoint.family().title(),
                    "single file",
                    parts,
                    sizes(file),
                    checkpoint.scheduler().predictionType().configName(),
                    checkpoint.vae().sampleSize(),
                    memory);
        }
    }

    private static Inspection blip(
            Path path, String family, String form, Path file, List<TensorEntry> entries, int imageSize)
            throws IOException {
        List<Part> parts = BlipNames.parts(entries);
        long used = parts.stream()
                .filter(part -> !part.name().equals(BlipNames.UNUSED))
                .mapToLong(Part::parameters)
                .sum();
        return new Inspection(
                path.toString(), family, form, parts, sizes(file), null, imageSize, MemoryPlan.ofReward(used));
    }

    private static MemoryPlan memory(List<Part> parts, Map<String, Shape> shapes) {
        long frozen = parts.stream()
                .filter(part -> part.name().equals("vae"))
                .mapToLong(Part::parameters)
                .sum();
        long all = parts.stream().mapToLong(Part::parameters).sum();
        long adapters = shapes.entrySet().stream()
                .filter(tensor -> ADAPTED.matcher(tensor.getKey()).matches())
                .mapToLong(tensor -> MemoryPlan.RANK
                        * (tensor.getValue().get(0) + tensor.getValue().get(1)))
                .sum();
        return MemoryPlan.ofPolicy(all - frozen, frozen, adapters);
    }

    private static List<TensorEntry> entries(Path file) {
        try (WeightsFile weights = WeightsFile.open(file)) {
            return List.copyOf(weights.entries().values());
        }
    }

    private static Map<String, Long> sizes(Path file) throws IOException {
        return Map.of(file.getFileName().toString(), Files.size(file));
    }
}
