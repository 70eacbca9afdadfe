package dev.preflow.scorer.train;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import java.io.IOException;

/** The network that training starts from when there is neither a checkpoint nor a release. */
@FunctionalInterface
public interface InitialModel {

    /**
     * Makes the network.
     *
     * @param parent owns its parameters
     * @return a pre-trained network, such as BLIP's, or one with random weights
     * @throws IOException when it cannot be read
     */
    VpScore create(NDManager parent) throws IOException;
}
