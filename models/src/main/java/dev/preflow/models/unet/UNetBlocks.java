package dev.preflow.models.unet;

import dev.preflow.models.nn.ResnetBlock;
import java.util.ArrayList;
import java.util.List;

/** Derives the blocks' sizes from a config, by the rules of diffusers' constructors. */
final class UNetBlocks {

    private final UNetConfig config;
    private final int levels;

    UNetBlocks(UNetConfig config) {
        this.config = config;
        this.levels = config.blockOutChannels().size();
    }

    private int channels(int level) {
        return config.blockOutChannels().get(level);
    }

    private ResnetBlock resnet(int in, int out) {
        return new ResnetBlock(in, out, config.timeChannels(), config.normNumGroups(), config.normEps());
    }

    private SpatialTransformer transformer(int level) {
        return new SpatialTransformer(
                channels(level),
                config.crossAttentionDim(),
                config.attentionHeadDim().get(level),
                config.normNumGroups(),
                config.transformerLayersPerBlock().get(level),
                config.useLinearProjection());
    }

    private Stage stage(int in, int level, boolean attends) {
        return new Stage(resnet(in, channels(level)), attends ? transformer(level) : null);
    }

    List<DownBlock> down() {
        List<DownBlock> blocks = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
            boolean attends = config.downBlockTypes().get(level).equals(UNetConfig.CROSS_DOWN);
            List<Stage> stages = new ArrayList<>();
            for (int i = 0; i < config.layersPerBlock(); i++) {
                int in = i == 0 ? channels(Math.max(level - 1, 0)) : channels(level);
                stages.add(stage(in, level, attends));
            }
            blocks.add(new DownBlock(List.copyOf(stages), channels(level), level < levels - 1));
        }
        return List.copyOf(blocks);
    }

    MidBlock mid() {
        int level = levels - 1;
        return new MidBlock(resnet(channels(level), channels(level)), transformer(level));
    }

    List<UpBlock> up() {
        List<UpBlock> blocks = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            int level = levels - 1 - i;
            boolean attends = config.upBlockTypes().get(i).equals(UNetConfig.CROSS_UP);
            List<Stage> stages = new ArrayList<>();
            for (int j = 0; j <= config.layersPerBlock(); j++) {
                int before = j == 0 ? channels(Math.min(level + 1, levels - 1)) : channels(level);
                // The last layer meets the downsampled output of the next finer level.
                int skip = j == config.layersPerBlock() ? channels(Math.max(level - 1, 0)) : channels(level);
                stages.add(stage(before + skip, level, attends));
            }
            blocks.add(new UpBlock(List.copyOf(stages), channels(level), level > 0));
        }
        return List.copyOf(blocks);
    }
}
