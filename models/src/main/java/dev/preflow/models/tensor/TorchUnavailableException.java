package dev.preflow.models.tensor;

import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** PyTorch does not start in this process. The message is for the user: what is wrong, and what helps. */
public final class TorchUnavailableException extends RuntimeException {

    private static final String NATIVES = "/native/lib/pytorch.properties";

    private TorchUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Says what a failed start means. */
    static TorchUnavailableException of(Throwable failure) {
        Properties natives = natives();
        String why = diagnosis(
                natives.getProperty("flavor", ""), natives.getProperty("classifier", ""), hasCuda(), root(failure));
        return new TorchUnavailableException("PyTorch does not start: " + why, failure);
    }

    /**
     * What is wrong, and what helps.
     *
     * @param flavor what the natives on the class path were built for, such as {@code cpu} or {@code cu124}; empty without any
     * @param classifier the platform that they were built for
     * @param cuda whether this machine shows a CUDA device
     * @param failure what DJL says, which is told only where nothing better is known
     */
    static String diagnosis(String flavor, String classifier, boolean cuda, String failure) {
        if (flavor.isEmpty()) {
            return "this build of Preflow has no natives of PyTorch; build it anew";
        }
        if (flavor.startsWith("cu") && !cuda) {
            return "this build of Preflow holds PyTorch's CUDA natives (" + flavor
                    + "), and this machine shows no CUDA device or runtime; build without the profile cuda"
                    + " (PREFLOW_PROFILE, or Maven's -Pcuda), or install NVIDIA's driver and look at nvidia-smi and"
                    + " CUDA_VISIBLE_DEVICES";
        }
        return "this build of Preflow holds PyTorch's natives for " + flavor + " on " + classifier
                + ", which do not load on this machine (" + failure
                + "); build it here anew, or with the profile that fits this machine";
    }

    private static Properties natives() {
        Properties properties = new Properties();
        try (InputStream stream = TorchUnavailableException.class.getResourceAsStream(NATIVES)) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            // then the message says of no flavor: the failure itself is told all the same
        }
        return properties;
    }

    private static boolean hasCuda() {
        try {
            return CudaUtils.hasCuda();
        } catch (LinkageError | RuntimeException e) {
            // a runtime that does not load is none
            return false;
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.toString() : message.lines().findFirst().orElse(message);
    }
}
