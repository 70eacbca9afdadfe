package dev.preflow.models.reward;

import dev.preflow.models.tensor.Parameters;
import java.util.List;

/**
 * ImageReward's freezing of the first layers of both transformers (PAPER 6.3). Its walk over the parameters stops after the
 * first one of the first trainable layer, so that one is frozen too.
 */
final class FrozenLayers {
    private static final String VISION = "blip.visual_encoder.";
    private static final String TEXT = "blip.text_encoder.";

    private FrozenLayers() {}

    /**
     * Decides which parameters are trained.
     *
     * @param fraction share of the layers that is frozen, with all that comes before them; 0 trains everything
     */
    static List<String> apply(Parameters parameters, VpScoreConfig config, double fraction) {
        if (!(fraction >= 0 && fraction < 1)) {
            throw new IllegalArgumentException("The frozen fraction is " + fraction + "; it must be in [0, 1)");
        }
        int blocks = (int) (config.visionDepth() * fraction);
        int layers = (int) (config.textDepth() * fraction);
        return parameters.trainable(name -> fraction == 0
                || !(frozen(name, VISION, VISION + "blocks.", blocks, VISION + "norm.", "norm1.weight")
                        || frozen(name, TEXT, TEXT + "encoder.layer.", layers, TEXT, "attention.self.query.weight")));
    }

    private static boolean frozen(
            String name, String encoder, String layerPrefix, int count, String neverBefore, String firstOfLayer) {
        if (!name.startsWith(encoder)) {
            return false;
        }
        if (!name.startsWith(layerPrefix)) {
            return neverBefore.equals(encoder) || !name.startsWith(neverBefore);
        }
        String rest = name.substring(layerPrefix.length());
        int layer = Integer.parseInt(rest.substring(0, rest.indexOf('.')));
        return layer < count || layer == count && rest.equals(layer + "." + firstOfLayer);
    }
}
