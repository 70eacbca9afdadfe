package dev.preflow.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Recomputation;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures by how much the process grows at most while a U-Net with random weights draws, trains with its activations kept,
 * and trains with them recomputed. Linux only: the peak is the kernel's, {@code VmHWM}.
 */
public final class MemoryBenchmark {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");

    private MemoryBenchmark() {}

    /**
     * Measures.
     *
     * @param args the U-Net's {@code config.json}, height and width of the latents, and the context's length
     * @throws IOException if there is no such file, or the kernel does not tell
     */
    public static void main(String[] args) throws IOException {
        UNetConfig config = UNetConfig.read(Path.of(args[0]));
        Shape latents = new Shape(1, config.inChannels(), Long.parseLong(args[1]), Long.parseLong(args[1]));
        Shape context = new Shape(1, Long.parseLong(args[2]), config.crossAttentionDim());
        UNet2DConditionModel unet = new UNet2DConditionModel(config);
        try (NDManager manager = Torch.newManager();
                Parameters weights = new Parameters(manager)) {
            unet.init(weights.root(), 1);
            System.out.printf("weights: %.1f MB%n", 4 * weights.count() / 1e6);
            try (Autograd off = Autograd.disabled()) {
                measure("draw", () -> forward(unet, weights, latents, context, Execution.SCOPED, false));
            }
            // one is enough for gradients to flow through all blocks
            weights.trainable(name -> name.equals("conv_in.bias"));
            try (Autograd on = Autograd.enabled()) {
                measure("train, recomputed", () -> forward(unet, weights, latents, context, new Recomputation(), true));
                measure("train, kept", () -> forward(unet, weights, latents, context, Execution.SCOPED, true));
            }
        }
    }

    private static void forward(
            UNet2DConditionModel unet,
            Parameters weights,
            Shape latents,
            Shape context,
            Execution blocks,
            boolean backward) {
        try (NDManager step = weights.manager().newSubManager()) {
            NDArray output = unet.forward(
                    weights.root(),
                    Noise.normal(step, 1, latents),
                    new double[] {500},
                    Conditioning.of(Noise.normal(step, 2, context)),
                    blocks);
            if (backward) {
                Autograd.backward(output.square().mean());
                blocks.backward();
            }
        }
    }

    private static void measure(String name, Runnable pass) throws IOException {
        Files.writeString(RESET, "5");
        long before = kilobytes("VmRSS");
        long start = System.nanoTime();
        pass.run();
        System.out.printf(
                "%s: %.1f MB more at most, %.1f s%n",
                name, (kilobytes("VmHWM") - before) * 1024 / 1e6, (System.nanoTime() - start) / 1e9);
    }

    private static long kilobytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
