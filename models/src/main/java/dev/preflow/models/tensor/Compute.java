package dev.preflow.models.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * What computes.
 *
 * @param devices at least one; training is shared out among all of them, everything else runs on the first
 * @param precision of frozen weights
 */
public record Compute(List<Device> devices, Precision precision) {

    /** The processor, in single precision. */
    public static final Compute CPU = new Compute(List.of(Device.cpu()), Precision.AUTO);

    /** Copies the list. */
    public Compute {
        devices = List.copyOf(devices);
    }

    /**
     * By names.
     *
     * @param device see {@link Devices#parse}
     * @param precision see {@link Precision#parse}
     * @throws IllegalArgumentException if this PyTorch or this machine has no such device, or there is no such precision
     */
    public static Compute of(String device, String precision) {
        return new Compute(Devices.parse(device), Precision.parse(precision));
    }

    /** A new root manager on the first device; whoever asks for it closes it. */
    public NDManager newManager() {
        return Torch.newManager(devices.get(0));
    }
}
