package dev.preflow.trainer;

import dev.preflow.models.lora.LoraOptions;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import dev.preflow.trainer.ppo.Advantages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings of the policy's training. The defaults are those of the small demo model; the paper's PPO is ReFL with
 * learning rate 1e-5 and total batch 64 (section 4.2), DDPO's script has 3e-4, 50 steps and eta 1.
 */
public final class TrainerSettings {

    /** The base. */
    public static final Setting<Path> BASE = Settings.path(
            "trainer.base",
            "demo/models/base",
            "Diffusers directory or single file that training starts from and is held close to");

    /** Checkpoints. */
    public static final Setting<Path> CHECKPOINTS =
            Settings.path("trainer.checkpoints", "data/policy", "Folder of the policy's checkpoints");

    /** Release directories. */
    public static final Setting<Path> RELEASE_CACHE = Settings.path(
            "trainer.releases.cache", "data/releases/trainer", "Folder in which releases are put together");

    /** Name of the policy in the generators' pool. */
    public static final Setting<String> GENERATOR =
            Settings.string("trainer.generator", "policy", "Name of the generator that draws the rollouts");

    /** Which prompts are trained on. */
    public static final Setting<List<String>> SOURCES = Settings.list(
            "trainer.prompt.sources",
            List.of(),
            "Sources whose prompts are trained on; empty for all. Prompts that the judge cannot rate teach nothing");

    /** Prompts kept. */
    public static final Setting<Integer> PROMPTS = Settings.integer(
            "trainer.prompts", 10_000, 1, 100_000_000, "How many of the newest prompts are drawn from");

    /** When training starts. */
    public static final Setting<Double> MIN_ACCURACY = Settings.number(
            "trainer.min.accuracy",
            0.8,
            0,
            1,
            "Held-out accuracy that VP-Score must reach before the policy is trained on it");

    /** Groups of an iteration. */
    public static final Setting<Integer> GROUPS =
            Settings.integer("trainer.groups", 8, 1, 100_000, "Rollout groups of an iteration, one prompt each");

    /** Images of a group. */
    public static final Setting<Integer> GROUP_SIZE =
            Settings.integer("trainer.group.size", 8, 2, 1024, "Images of a rollout group");

    /** Staleness. */
    public static final Setting<Integer> AHEAD = Settings.integer(
            "trainer.ahead",
            1,
            0,
            16,
            "Iterations of rollouts that may be under way beyond the one being trained on: bounds their staleness by "
                    + "admission; 0 alternates drawing and training");

    /** Rollout deadline. */
    public static final Setting<Duration> ROLLOUT_WAIT = Settings.duration(
            "trainer.rollout.wait",
            Duration.ofMinutes(2),
            "How long a group waits for its next image before it is trained on without those that are missing");

    /** Denoising steps. */
    public static final Setting<Integer> STEPS =
            Settings.integer("trainer.steps", 8, 1, 1000, "Denoising steps of a rollout");

    /** Trained steps. */
    public static final Setting<Integer> STOCHASTIC_STEPS = Settings.integer(
            "trainer.stochastic.steps", 4, 1, 1000, "The first steps of a rollout that draw noise and are trained");

    /** Noise of the trained steps. */
    public static final Setting<Double> ETA =
            Settings.number("trainer.eta", 1, 1e-6, 10, "DDIM's eta of the trained steps; DDPO uses 1");

    /** Guidance of the rollouts. */
    public static final Setting<List<Float>> GUIDANCE = Settings.numbers(
            "trainer.guidance",
            List.of(1f),
            0,
            1000,
            "Guidance scales that rollout groups take in turn, and that their images are trained with; 1 is none, DDPO uses 5."
                    + " Guided rollouts take twice the work");

    /** Optimiser steps. */
    public static final Setting<Integer> UPDATES =
            Settings.integer("trainer.updates", 2, 1, 1000, "Optimiser steps per iteration");

    /** Images trained on. */
    public static final Setting<Double> SAMPLE_SHARE = Settings.number(
            "trainer.sample.share",
            1,
            1e-3,
            1,
            "Share of an iteration's images that are trained on: those whose advantages are farthest from 0");

    /** Micro-batch. */
    public static final Setting<Integer> MICRO_BATCH = Settings.integer(
            "trainer.micro.batch", 64, 1, 65_536, "Denoising steps that gradients are computed of at once");

    /** Activation checkpointing. */
    public static final Setting<Boolean> RECOMPUTE = Settings.bool(
            "trainer.recompute",
            false,
            "Keep no activations for the backward pass but compute each block's again (activation checkpointing): the same"
                    + " gradients in much less memory, for a third more time. For full-size models");

    /** Clip. */
    public static final Setting<Double> CLIP_RANGE = Settings.number(
            "trainer.clip.range",
            1e-3,
            1e-9,
            10,
            "How far a step's probability ratio may go from 1, with log-probabilities as means over dimensions; DDPO: 1e-4");

    /** Advantage clip. */
    public static final Setting<Double> ADVANTAGE_CLIP =
            Settings.number("trainer.advantage.clip", 3, 1e-6, 1e6, "Bound of an advantage; DDPO: 5");

    /** Unit of the advantages. */
    public static final Setting<Advantages.Deviation> ADVANTAGE_DEVIATION = Settings.choice(
            "trainer.advantage.deviation",
            Advantages.Deviation.BATCH,
            "Whose standard deviation advantages are measured by: the group's own (DDPO, GRPO), or that of all groups of the"
                    + " iteration, so that near ties weigh little");

    /** KL charge. */
    public static final Setting<Double> KL = Settings.number(
            "trainer.kl",
            0.1,
            0,
            1e6,
            "Charge for the divergence from the base, per trained step; 0 lets the reward be hacked");

    /** Learning rate. */
    public static final Setting<Double> LEARNING_RATE =
            Settings.number("trainer.learning.rate", 5e-4, 0, 1, "AdamW's learning rate after the warm-up");

    /** Warm-up. */
    public static final Setting<Integer> WARM_UP =
            Settings.integer("trainer.warm.up", 4, 0, 1_000_000, "Optimiser steps over which the rate rises from 0");

    /** Decay. */
    public static final Setting<Integer> HORIZON = Settings.integer(
            "trainer.horizon",
            500,
            1,
            100_000_000,
            "Optimiser steps over which the rate falls linearly to its floor, where it stays");

    /** Floor. */
    public static final Setting<Double> FLOOR =
            Settings.number("trainer.floor", 0.1, 0, 1, "The floor of the learning rate as a share of its peak");

    /** When training begins anew. */
    public static final Setting<Integer> RESET = Settings.integer(
            "trainer.reset.after",
            0,
            0,
            100_000_000,
            "Iterations after which training begins anew, once, near where it began, with the full learning rate: VP-Score knows"
                    + " by then what a policy draws that follows it; 0 for never");

    /** What a new beginning keeps. */
    public static final Setting<Double> RESET_KEEP = Settings.number(
            "trainer.reset.keep",
            0.1,
            1e-6,
            1,
            "Share of what the policy has learnt that it keeps when training begins anew");

    /** Clip of gradients. */
    public static final Setting<Double> MAX_NORM =
            Settings.number("trainer.max.norm", 1, 1e-9, 1e9, "Largest global norm of the gradients");

    /** What is trained. */
    public static final Setting<String> TRAINABLE = Settings.string(
            "trainer.trainable",
            "unet\\..*\\.attentions\\..*|text_encoder(_2)?\\..*",
            "Regular expression of the parameters that are trained, by name, unless a LoRA is trained");

    /** LoRA's rank. */
    public static final Setting<Integer> LORA_RANK = Settings.integer(
            "trainer.lora.rank",
            0,
            0,
            4096,
            "Rank of the LoRA that is trained beside frozen weights, and released instead of them; 0 trains the weights");

    /** LoRA's alpha. */
    public static final Setting<Double> LORA_ALPHA = Settings.number(
            "trainer.lora.alpha", 8, 1e-6, 1e6, "The LoRA's terms are scaled by alpha / rank; peft's default is 8");

    /** LoRA's layers. */
    public static final Setting<List<String>> LORA_TARGETS = Settings.list(
            "trainer.lora.targets",
            LoraOptions.ATTENTION,
            "Ends of the names of the layers that get a LoRA: linear maps and convolutions, such as proj_in, ff.net.2, "
                    + "conv1; those of the text encoder are q_proj, k_proj, v_proj, out_proj, fc1, fc2");

    /** Moving average. */
    public static final Setting<Double> EMA = Settings.number(
            "trainer.ema",
            0.9,
            0,
            0.999_999,
            "Decay per iteration of the moving average of the weights, kept in the checkpoint");

    /** Releases kept. */
    public static final Setting<Integer> KEEP = Settings.integer(
            "trainer.releases.keep",
            8,
            2,
            100_000,
            "How many releases' weights are kept, besides the first; rollouts in flight may need more, which are kept then");

    /** Threads. */
    public static final Setting<Integer> THREADS =
            Settings.integer("trainer.threads", 1, 1, 1024, "Intra-op threads of the training thread");

    /** Seed. */
    public static final Setting<Long> SEED =
            Settings.longInteger("trainer.seed", 1, "Seed of prompts, initial noise and order of training");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            BASE,
            CHECKPOINTS,
            RELEASE_CACHE,
            GENERATOR,
            SOURCES,
            PROMPTS,
            MIN_ACCURACY,
            GROUPS,
            GROUP_SIZE,
            AHEAD,
            ROLLOUT_WAIT,
            STEPS,
            STOCHASTIC_STEPS,
            ETA,
            GUIDANCE,
            UPDATES,
            SAMPLE_SHARE,
            MICRO_BATCH,
            RECOMPUTE,
            CLIP_RANGE,
            ADVANTAGE_CLIP,
            ADVANTAGE_DEVIATION,
            KL,
            LEARNING_RATE,
            WARM_UP,
            HORIZON,
            FLOOR,
            RESET,
            RESET_KEEP,
            MAX_NORM,
            TRAINABLE,
            LORA_RANK,
            LORA_ALPHA,
            LORA_TARGETS,
            EMA,
            KEEP,
            THREADS,
            SEED);

    private TrainerSettings() {}
}
