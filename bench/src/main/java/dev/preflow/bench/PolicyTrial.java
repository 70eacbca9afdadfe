package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.eval.EvalPlan;
import dev.preflow.app.eval.EvalRun;
import dev.preflow.demo.gold.GoldReport;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.Ema;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.trainer.ppo.Advantages;
import dev.preflow.trainer.ppo.Ppo;
import dev.preflow.trainer.ppo.PpoOptions;
import dev.preflow.trainer.ppo.RolloutForm;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.ppo.UpdateReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tries settings of PPO on the demo's base without Kafka and without VP-Score: the reward is the gold judge itself, which is what
 * the loop could reach with a perfect reward model. One thread; the same arguments give the same run.
 */
public final class PolicyTrial {

    private static final int GROUPS = 8;
    private static final int GROUP_SIZE = 8;
    private static final RolloutForm FORM = new RolloutForm(8, 4, 1);
    private static final int EVALUATE_EVERY = 20;
    private static final int SAVE_EVERY = 10;
    private static final String RELEASE = "trial";
    /** The demo's learning rate does not fall further. */
    private static final double FLOOR = 0.1;

    private final DiffusionPipeline pipeline;
    private final @Nullable Path output;
    private final SceneJudge judge = new SceneJudge();
    private final PromptGrammar grammar = new PromptGrammar();
    private final Random random = new Random(3);

    private PolicyTrial(DiffusionPipeline pipeline, @Nullable Path output) {
        this.pipeline = pipeline;
        this.output = output;
    }

    /**
     * Trains, and prints the mean rating of each iteration's rollouts and the share of clean images of held-out prompts, by the
     * weights and by their moving average.
     *
     * @param args directory of the base, learning rate, KL coefficient, regular expression of the trained parameters, iterations,
     *     decay of the average per iteration, after how many updates the learning rate would be 0; and a folder, if the
     *     policy is to be written there every ten iterations
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        double rate = Double.parseDouble(args[1]);
        double kl = Double.parseDouble(args[2]);
        Pattern trained = Pattern.compile(args[3]);
        int iterations = Integer.parseInt(args[4]);
        double decay = Double.parseDouble(args[5]);
        double horizon = Double.parseDouble(args[6]);
        Path output = args.length > 7 ? Path.of(args[7]) : null;
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = DiffusionPipeline.load(Path.of(args[0]), "base", manager);
                PolicyLease base = pipeline.borrow();
                Parameters policy = base.parameters().copy(manager)) {
            policy.trainable(name -> trained.matcher(name).matches());
            LearningRate warm = LearningRate.constant(rate, 4);
            try (AdamW optimiser = new AdamW(policy, AdamW.Settings.of(0));
                    Ema average = new Ema(policy, manager, decay)) {
                Ppo ppo = new Ppo(
                        pipeline.models(),
                        policy,
                        base.parameters(),
                        optimiser,
                        FORM,
                        new Advantages(3),
                        new PpoOptions(
                                2, 64, 1e-3, kl, at -> warm.at(at) * Math.max(FLOOR, 1 - at / horizon), 1, false),
                        List.of(manager.getDevice()));
                new PolicyTrial(pipeline, output).train(ppo, policy, average, manager, iterations);
            }
        }
    }

    private void train(Ppo ppo, Parameters policy, Ema average, NDManager manager, int iterations)
            throws InterruptedException {
        long updates = 0;
        evaluate("base");
        for (int i = 1; i <= iterations; i++) {
            UpdateReport report = ppo.iterate(rollouts(), updates, i);
            updates += ppo.steps(report.pairs());
            pipeline.swap(policy.copy(manager), RELEASE);
            System.out.printf(
                    "iteration %d: gold %.2f, kl %.1e, clipped %.3f%n",
                    i, report.meanReward(), report.kl(), report.clipFraction());
            average.update(i);
            if (output != null && i % SAVE_EVERY == 0) {
                pipeline.save(output.resolve(Integer.toString(i)));
            }
            if (i % EVALUATE_EVERY == 0) {
                evaluate("after " + i);
                pipeline.swap(average.average().copy(manager), RELEASE);
                evaluate("average after " + i);
                pipeline.swap(policy.copy(manager), RELEASE);
            }
        }
    }

    private List<List<Sample>> rollouts() {
        List<List<Sample>> groups = new ArrayList<>();
        for (int i = 0; i < GROUPS; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEFAULT);
            List<GenerationRequest> requests = new ArrayList<>();
            for (int j = 0; j < GROUP_SIZE; j++) {
                requests.add(new GenerationRequest(
                        prompt.text(), "", random.nextLong(), 1, FORM.steps(), FORM.stochasticSteps(), FORM.eta()));
            }
            List<Sample> group = new ArrayList<>();
            for (GeneratedImage drawn : pipeline.generate(requests, true)) {
                double rating = judge.judge(prompt.spec(), drawn.image().toBufferedImage())
                        .meanRating();
                group.add(
                        new Sample(prompt.text(), Objects.requireNonNull(drawn.trajectory()), (float) rating, RELEASE));
            }
            groups.add(group);
        }
        return groups;
    }

    private void evaluate(String what) {
        for (double guidance : new double[] {1, 3}) {
            GoldReport gold =
                    EvalRun.of(EvalPlan.quick(guidance), pipeline, drawn -> {}).gold();
            System.out.printf(
                    "%s, guidance %.0f: clean one %.2f two %.2f three %.2f, mean %.2f%n",
                    what,
                    guidance,
                    gold.clean(1).orElseThrow(),
                    gold.clean(2).orElseThrow(),
                    gold.clean(3).orElseThrow(),
                    gold.reward().orElseThrow());
        }
    }
}
