package dev.preflow.models.tensor;

import ai.djl.ndarray.NDManager;

/** The device that the tests compute on: the processor, or what the property {@code preflow.test.device} names. */
public final class TestDevice {

    private static final String NAME = System.getProperty("preflow.test.device", "cpu");

    private TestDevice() {}

    /** A new root manager on it; whoever asks for it closes it. */
    public static NDManager newManager() {
        return Torch.newManager(Devices.parse(NAME).get(0));
    }
}
