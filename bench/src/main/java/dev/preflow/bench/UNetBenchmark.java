package dev.preflow.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Compute;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.weights.SafetensorsReader;
import java.nio.file.Path;
import java.util.Arrays;

/** Times a U-Net on the weights and inputs that {@code bench/python/unet.py} has written, on one thread or on a GPU. */
public final class UNetBenchmark {

    /** The backward pass comes to it last. */
    private static final String FIRST = "conv_in.weight";

    private UNetBenchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args the folder of that script, how often to time, and, if it is not the processor in float32, device and precision
     */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        int runs = Integer.parseInt(args[1]);
        Compute compute = Compute.of(args.length > 2 ? args[2] : "cpu", args.length > 3 ? args[3] : "auto");
        UNet2DConditionModel unet = new UNet2DConditionModel(UNetConfig.read(folder.resolve("config.json")));
        try (NDManager manager = compute.newManager();
                Parameters weights = new Parameters(manager, compute.precision().weights(manager.getDevice()));
                Parameters values = SafetensorsReader.readAll(folder.resolve("values.safetensors"), manager)) {
            SafetensorsReader.readInto(
                    folder.resolve("diffusion_pytorch_model.safetensors"), weights.root(), name -> true);
            try (Autograd off = Autograd.disabled();
                    NDManager step = manager.newSubManager()) {
                Comparison.print("U-Net", forward(unet, weights, values, step), values.get("output"));
            }
            Timings.print("U-Net forward", runs, () -> {
                try (Autograd off = Autograd.disabled();
                        NDManager step = manager.newSubManager()) {
                    Timings.await(forward(unet, weights, values, step));
                }
            });
            weights.trainable(name -> true);
            Timings.print("U-Net forward + backward", runs, () -> {
                weights.zeroGradients();
                try (Autograd on = Autograd.enabled();
                        NDManager step = manager.newSubManager()) {
                    NDArray output = forward(unet, weights, values, step);
                    Autograd.backward(output.square().mean());
                    Timings.await(weights.get(FIRST).getGradient());
                }
            });
        }
    }

    private static NDArray forward(UNet2DConditionModel unet, Parameters weights, Parameters values, NDManager step) {
        NDArray latents = values.get("latents").duplicate();
        latents.attach(step);
        double[] timesteps = new double[Math.toIntExact(latents.getShape().get(0))];
        Arrays.fill(timesteps, values.get("timestep").getFloat());
        return unet.forward(weights.root(), latents, timesteps, Conditioning.of(values.get("context")));
    }
}
