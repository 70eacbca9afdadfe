package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.eval.EvalPlan;
import dev.preflow.app.eval.EvalRun;
import dev.preflow.demo.gold.GoldReport;
import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.trainer.ppo.Advantages;
import dev.preflow.trainer.ppo.Ppo;
import dev.preflow.trainer.ppo.PpoOptions;
import dev.preflow.trainer.ppo.RolloutForm;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.ppo.UpdateReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Tries settings of PPO on the demo's base without Kafka. The reward is the gold judge itself, which is what the loop could reach
 * with a perfect reward model, or a VP-Score that has learnt and learns no more. One thread; the same arguments give the same run.
 */
public final class PolicyTrial {

    private static final int GROUP_SIZE = 8;
    private static final int SAVE_EVERY = 10;
    private static final String RELEASE = "trial";
    /** The demo's learning rate does not fall further. */
    private static final double FLOOR = 0.1;

    private final DiffusionPipeline pipeline;
    private final TrialOptions options;
    private final RolloutForm form;
    private final Reward reward;
    private final PromptGrammar grammar = new PromptGrammar();
    private final Random random;

    /** What images of a prompt are worth. */
    private interface Reward {
        float[] of(ScenePrompt prompt, List<RgbImage> images);
    }

    private PolicyTrial(DiffusionPipeline pipeline, TrialOptions options, RolloutForm form, Reward reward) {
        this.pipeline = pipeline;
        this.options = options;
        this.form = form;
        this.random = new Random((long) options.number("seed", 3));
        this.reward = reward;
    }

    /**
     * Trains, and prints the mean rating of the rollouts of ten iterations and the share of clean images of held-out prompts.
     *
     * @param args directory of the base, and settings as {@code name=value}: reward (directory of a VP-Score; else the gold judge),
     *     start (directory of the policy to go on from; else the base), rate, warm (updates of the warm-up), horizon (updates
     *     after which it would be 0), kl, share (of the images that are trained on), trained (regular expression of the
     *     parameters), deviation (group or batch), guidance (scales in turn, separated by commas), steps and stochastic (of a
     *     rollout: 8, and 4 of them with noise), eta (of that noise, 1), seed (of prompts and noise), groups, iterations, every
     *     (iterations between evaluations), output, a folder to which the policy is written every ten iterations, and device
     *     (cpu, or cuda:N)
     * @throws IOException if the VP-Score cannot be read
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws InterruptedException, IOException {
        TrialOptions options = TrialOptions.of(args, 1);
        System.out.println(options);
        RolloutForm form = form(options);
        Pattern trained = Pattern.compile(options.text("trained", "unet\\..*|text_encoder\\..*"));
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager(options.device());
                DiffusionPipeline pipeline = DiffusionPipeline.load(Path.of(args[0]), "base", manager);
                PolicyLease base = pipeline.borrow();
                Parameters policy = start(options, base, manager)) {
            policy.trainable(name -> trained.matcher(name).matches());
            try (AdamW optimiser = new AdamW(policy, AdamW.Settings.of(0))) {
                Ppo ppo = new Ppo(
                        pipeline.models(),
                        policy,
                        base.parameters(),
                        optimiser,
                        form,
                        new Advantages(
                                3,
                                Advantages.Deviation.valueOf(
                                        options.text("deviation", "batch").toUpperCase(Locale.ROOT))),
                        new PpoOptions(
                                2,
                                options.number("share", 1),
                                64,
                                1e-3,
                                options.number("kl", 0.01),
                                LearningRate.linear(
                                        options.number("rate", 4e-4),
                                        (long) options.number("warm", 4),
                                        options.number("horizon", 160),
                                        FLOOR),
                                1,
                                false),
                        List.of(manager.getDevice()));
                new PolicyTrial(pipeline, options, form, reward(options, manager)).train(ppo, policy, manager);
            }
        }
    }

    private static RolloutForm form(TrialOptions options) {
        int steps = (int) options.number("steps", 8);
        int stochastic = (int) options.number("stochastic", 4);
        return new RolloutForm(steps, stochastic, (float) options.number("eta", 1));
    }

    private static Parameters start(TrialOptions options, PolicyLease base, NDManager manager) {
        if (!options.has("start")) {
            return base.parameters().copy(manager);
        }
        try (DiffusionPipeline start = DiffusionPipeline.load(Path.of(options.text("start", "")), "start", manager);
                PolicyLease lease = start.borrow()) {
            return lease.parameters().copy(manager);
        }
    }

    private static Reward reward(TrialOptions options, NDManager manager) throws IOException {
        if (options.has("reward")) {
            VpScore score = VpScore.load(Path.of(options.text("reward", "")), manager);
            return (prompt, images) -> score.score(images, Collections.nCopies(images.size(), prompt.text()));
        }
        SceneJudge judge = new SceneJudge();
        return (prompt, images) -> {
            float[] ratings = new float[images.size()];
            for (int i = 0; i < ratings.length; i++) {
                ratings[i] = (float) judge.judge(prompt.spec(), images.get(i).toBufferedImage())
                        .meanRating();
            }
            return ratings;
        };
    }

    private void train(Ppo ppo, Parameters policy, NDManager manager) throws InterruptedException {
        int every = (int) options.number("every", 20);
        Path output = options.has("output") ? Path.of(options.text("output", "")) : null;
        long updates = 0;
        double mean = 0;
        pipeline.swap(policy.copy(manager), RELEASE);
        evaluate("start");
        for (int i = 1; i <= (int) options.number("iterations", 60); i++) {
            UpdateReport report = ppo.iterate(rollouts(), updates, i);
            updates += ppo.steps(report.pairs());
            pipeline.swap(policy.copy(manager), RELEASE);
            mean += report.meanReward() / SAVE_EVERY;
            if (i % SAVE_EVERY == 0) {
                System.out.printf("iteration %d: reward %.2f, kl %.1e%n", i, mean, report.kl());
                mean = 0;
                if (output != null) {
                    pipeline.save(output.resolve(Integer.toString(i)));
                }
            }
            if (i % every == 0) {
                evaluate("after " + i);
            }
        }
    }

    private List<List<Sample>> rollouts() {
        double[] guidance = Arrays.stream(options.text("guidance", "1,3").split(","))
                .mapToDouble(Double::parseDouble)
                .toArray();
        List<List<Sample>> groups = new ArrayList<>();
        for (int i = 0; i < (int) options.number("groups", 8); i++) {
            groups.add(rollout(guidance[i % guidance.length]));
        }
        return groups;
    }

    private List<Sample> rollout(double guidance) {
        ScenePrompt prompt = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEMO);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int j = 0; j < GROUP_SIZE; j++) {
            requests.add(new GenerationRequest(
                    prompt.text(),
                    null,
                    random.nextLong(),
                    guidance,
                    form.steps(),
                    form.stochasticSteps(),
                    form.eta()));
        }
        List<GeneratedImage> drawn = pipeline.generate(requests, true);
        float[] rewards =
                reward.of(prompt, drawn.stream().map(GeneratedImage::image).toList());
        List<Sample> group = new ArrayList<>();
        for (int j = 0; j < GROUP_SIZE; j++) {
            group.add(new Sample(
                    prompt.text(),
                    Objects.requireNonNull(drawn.get(j).trajectory()),
                    (float) guidance,
                    rewards[j],
                    RELEASE));
        }
        return group;
    }

    private void evaluate(String what) {
        for (double guidance : new double[] {1, 2, 3}) {
            GoldReport gold =
                    EvalRun.of(EvalPlan.full(guidance), pipeline, drawn -> {}).gold();
            System.out.printf(
                    "%s, guidance %.0f: clean one %.2f two %.2f three %.2f, mean %.2f, true shapes %.2f%n",
                    what,
                    guidance,
                    gold.clean(1).orElseThrow(),
                    gold.clean(2).orElseThrow(),
                    gold.clean(3).orElseThrow(),
                    gold.reward().orElseThrow(),
                    gold.right(Aspect.FIDELITY).orElseThrow());
        }
    }
}
