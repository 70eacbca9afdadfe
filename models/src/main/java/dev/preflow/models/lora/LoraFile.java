package dev.preflow.models.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.models.weights.TensorEntry;
import dev.preflow.models.weights.WeightsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * LoRA files. Written are diffusers' and kohya's forms; read are these two, older forms of diffusers, and peft's own. Every
 * tensor must find its layer: what a model has no place for is an error, never left out.
 */
public final class LoraFile {

    /** The name under which diffusers looks for a LoRA in a directory. */
    public static final String NAME = "pytorch_lora_weights.safetensors";

    private static final int SHOWN = 5;

    private final Path file;
    private final Parameters base;
    private final SafetensorsReader reader;
    private final LoraConfigs configs;

    private LoraFile(Path file, Parameters base, SafetensorsReader reader) {
        this.file = file;
        this.base = base;
        this.reader = reader;
        this.configs = LoraConfigs.of(file, reader.metadata());
    }

    /**
     * Reads adapters, in any form that is known. They require no gradients.
     *
     * @param base the weights that they shall adapt
     * @param parent manager below which the adapters live
     * @throws WeightsException naming the file and the tensors, if it has none of an adapter, some for layers that the base
     *     lacks, or some whose shapes do not fit
     */
    public static Lora read(Path file, Parameters base, NDManager parent) {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return new LoraFile(file, base, reader).read(parent);
        }
    }

    private Lora read(NDManager parent) {
        Map<String, Map<String, TensorEntry>> layers = layers();
        Parameters parameters = new Parameters(parent);
        try {
            layers.forEach((layer, parts) -> add(parameters, layer, parts));
            return new Lora(parameters);
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** The tensors of each layer by their part. */
    private Map<String, Map<String, TensorEntry>> layers() {
        LoraNames names = new LoraNames(base);
        Map<String, Map<String, TensorEntry>> layers = new TreeMap<>();
        List<String> foreign = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        reader.entries().forEach((name, entry) -> {
            LoraNames.Key key = LoraNames.parse(name);
            String layer = key == null ? null : names.layer(key.layer());
            if (key == null) {
                foreign.add(name);
            } else if (layer == null) {
                homeless.add(name);
            } else if (layers.computeIfAbsent(layer, first -> new HashMap<>()).put(key.part(), entry) != null) {
                throw problem("tensor " + name + " is the second of its kind for layer " + layer);
            }
        });
        if (!foreign.isEmpty()) {
            throw problem(foreign.size() + " of its " + reader.entries().size()
                    + " tensors are no part of a LoRA, or of a kind that is not supported: " + some(foreign));
        }
        if (!homeless.isEmpty()) {
            throw problem(homeless.size() + " of its " + reader.entries().size()
                    + " tensors belong to layers that the model does not have: " + some(homeless)
                    + "; was the LoRA made for another model?");
        }
        if (layers.isEmpty()) {
            throw problem("it has no tensor at all");
        }
        return layers;
    }

    private void add(Parameters parameters, String layer, Map<String, TensorEntry> parts) {
        TensorEntry down = part(parts, layer, LoraLayer.DOWN);
        TensorEntry up = part(parts, layer, LoraLayer.UP);
        Shape weight = base.get(layer + Lora.WEIGHT).getShape();
        long rank = down.shape().dimension() == 0 ? 0 : down.shape().get(0);
        Shape downShape = Lora.downShape(weight, rank);
        Shape upShape = Lora.upShape(weight, rank);
        if (rank == 0
                || !squeezed(down.shape()).equals(squeezed(downShape))
                || !squeezed(up.shape()).equals(squeezed(upShape))) {
            throw problem(
                    "tensors %s %s and %s %s do not fit layer %s, whose weight is %s: expected %s and %s of one rank"
                            .formatted(
                                    down.name(),
                                    down.shape(),
                                    up.name(),
                                    up.shape(),
                                    layer,
                                    weight,
                                    downShape,
                                    upShape));
        }
        Lora.add(
                parameters,
                layer,
                read(parameters.manager(), down, downShape),
                read(parameters.manager(), up, upShape),
                alpha(parameters.manager(), parts, layer, rank));
    }

    private TensorEntry part(Map<String, TensorEntry> parts, String layer, String part) {
        TensorEntry entry = parts.get(part);
        if (entry == null) {
            List<String> present =
                    parts.values().stream().map(TensorEntry::name).toList();
            throw problem("layer " + layer + " has " + present + ", but no "
                    + (part.equals(LoraLayer.DOWN) ? "lora_A (down)" : "lora_B (up)") + " weight");
        }
        return entry;
    }

    /** A linear map may be stored as a 1×1 convolution, and the other way round. */
    private static Shape squeezed(Shape shape) {
        boolean pixel = shape.dimension() == 4 && shape.get(2) == 1 && shape.get(3) == 1;
        return pixel ? shape.slice(0, 2) : shape;
    }

    private NDArray read(NDManager manager, TensorEntry entry, Shape shape) {
        try (NDManager step = manager.newSubManager()) {
            NDArray array =
                    Ops.cast(reader.read(entry.name(), step), DataType.FLOAT32).reshape(shape);
            array.attach(manager);
            return array;
        }
    }

    private double alpha(NDManager manager, Map<String, TensorEntry> parts, String layer, long rank) {
        TensorEntry stored = parts.get(LoraLayer.ALPHA);
        if (stored == null) {
            // without any word of it the adapter's term is taken as it is, as diffusers does
            return configs.alpha(layer, rank).orElse(rank);
        }
        if (stored.shape().size() != 1) {
            throw problem("tensor " + stored.name() + " has shape " + stored.shape() + ", not one number");
        }
        try (NDArray alpha = read(manager, stored, new Shape())) {
            return alpha.getFloat();
        }
    }

    private WeightsException problem(String problem) {
        return new WeightsException(file, problem);
    }

    private static String some(List<String> names) {
        String rest = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
        return names.subList(0, Math.min(SHOWN, names.size())) + rest;
    }

    /**
     * Writes adapters.
     *
     * @param base the weights that they adapt
     * @param metadata further entries of the file's metadata
     */
    public static void write(Path file, Lora lora, Parameters base, LoraFormat format, Map<String, String> metadata) {
        Map<String, String> all = new TreeMap<>(metadata);
        all.put("format", "pt");
        if (format == LoraFormat.DIFFUSERS) {
            Map<String, NDArray> arrays = new TreeMap<>(lora.parameters().asMap());
            arrays.keySet().removeIf(name -> name.endsWith("." + LoraLayer.ALPHA));
            all.put(LoraConfigs.METADATA, LoraConfigs.write(lora));
            SafetensorsWriter.write(file, arrays, all);
        } else {
            String first = lora.modules().get(0);
            all.put("ss_network_module", "networks.lora");
            all.put("ss_network_dim", Integer.toString(lora.rank(first)));
            all.put("ss_network_alpha", Float.toString(lora.alpha(first)));
            SafetensorsWriter.write(file, kohya(lora, new LoraNames(base)), all);
        }
    }

    private static Map<String, NDArray> kohya(Lora lora, LoraNames names) {
        Map<String, NDArray> arrays = new TreeMap<>();
        for (String layer : lora.modules()) {
            String name = names.kohya(layer);
            arrays.put(name + ".lora_down.weight", lora.down(layer));
            arrays.put(name + ".lora_up.weight", lora.up(layer));
            arrays.put(name + ".alpha", lora.parameters().get(layer + "." + LoraLayer.ALPHA));
        }
        return arrays;
    }
}
