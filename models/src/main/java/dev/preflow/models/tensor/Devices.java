package dev.preflow.models.tensor;

import ai.djl.Device;
import ai.djl.engine.StandardCapabilities;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The devices that arrays live on, by PyTorch's names: {@code cpu}, {@code cuda:0}, {@code cuda:1} and so on. */
public final class Devices {

    /** What a device may be called. */
    public static final Pattern NAMES = Pattern.compile("cpu|all|cuda(?::(\\d{1,4}))?");

    private Devices() {}

    /**
     * The devices of a name.
     *
     * @param name {@code cpu}; {@code cuda}, the first CUDA device; {@code cuda:N}, the one with that index; or {@code all}, every
     *     CUDA device of this machine
     * @return at least one
     * @throws IllegalArgumentException if the name is none of these, PyTorch was built without CUDA, or there is no such device
     */
    public static List<Device> parse(String name) {
        if (name.equals("cpu")) {
            return List.of(Device.cpu());
        }
        boolean cuda = Torch.engine().hasCapability(StandardCapabilities.CUDA);
        return choose(name, cuda, cuda ? Torch.engine().getGpuCount() : 0);
    }

    /** The devices of a name on a machine with so many CUDA devices. */
    static List<Device> choose(String name, boolean cuda, int count) {
        Matcher match = NAMES.matcher(name);
        if (!match.matches()) {
            throw refusal(name, "give cpu, cuda, cuda:N or all");
        }
        if (name.equals("cpu")) {
            return List.of(Device.cpu());
        }
        if (!cuda) {
            throw refusal(
                    name, "this PyTorch was built without CUDA: build Preflow with PREFLOW_PROFILE=cuda, or use cpu");
        }
        if (count == 0) {
            throw refusal(
                    name,
                    "PyTorch sees no CUDA device: look at the driver (nvidia-smi) and at CUDA_VISIBLE_DEVICES, or use cpu");
        }
        List<Device> devices = IntStream.range(0, count).mapToObj(Device::gpu).toList();
        if (name.equals("all")) {
            return devices;
        }
        int index = match.group(1) == null ? 0 : Integer.parseInt(match.group(1));
        if (index >= count) {
            throw refusal(
                    name,
                    "there is no such device, only "
                            + devices.stream().map(Devices::name).toList());
        }
        return List.of(devices.get(index));
    }

    /** PyTorch's name of a device. */
    public static String name(Device device) {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : device.getDeviceType();
    }

    private static IllegalArgumentException refusal(String name, String why) {
        return new IllegalArgumentException("Device " + name + ": " + why);
    }
}
