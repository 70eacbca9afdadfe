package dev.preflow.app.cli;

import dev.preflow.app.config.Home;
import dev.preflow.demo.pretrain.PretrainPlan;
import dev.preflow.demo.pretrain.PretrainRecord;
import dev.preflow.demo.pretrain.Pretraining;
import dev.preflow.demo.pretrain.RewardPretraining;
import dev.preflow.demo.render.DefectRates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Makes the small base model. */
@Command(
        name = "pretrain",
        description = "Makes the small base model from rendered scenes: a diffusers directory with a record of how.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow pretrain --output mine                  hours on two cores",
            "  preflow pretrain --output more --from mine      trains its denoiser on",
            "  preflow pretrain --output clean --defects 0     from scenes with nothing wrong",
            "  preflow pretrain --reward --output reward       what VP-Score starts from, half an hour",
            "  preflow demo --base mine                        uses it",
            "",
            "The same options make the same model on the same machine."
        })
public final class PretrainCommand extends CliCommand {
    private static final PretrainPlan STANDARD = PretrainPlan.standard();
    private static final int REWARD_STEPS = 1800;
    private static final int REWARD_BATCH = 64;
    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "Where the model is written; it must be empty or absent.")
    private Path output = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description =
                    "Trains this model's denoiser on; its autoencoder stays as it is. With --reward: the model whose"
                            + " autoencoder paints the scenes, the demo's unless given.")
    private @Nullable Path from;

    @Option(
            names = "--reward",
            description = "Makes the network that VP-Score starts from instead: --steps and --batch are its own then,"
                    + " 1800 and 64 unless given.")
    private boolean reward;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of parameters, scenes and noise." + DEFAULT)
    private long seed = STANDARD.seed();

    @Option(names = "--vae-steps", paramLabel = "N", description = "Steps of the autoencoder." + DEFAULT)
    private int vaeSteps = STANDARD.vaeSteps();

    @Option(names = "--vae-batch", paramLabel = "N", description = "Images of such a step." + DEFAULT)
    private int vaeBatch = STANDARD.vaeBatch();

    @Option(names = "--scenes", paramLabel = "N", description = "Scenes that the denoiser is trained on." + DEFAULT)
    private int scenes = STANDARD.scenes();

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the denoiser and its text encoder." + DEFAULT)
    private int steps = STANDARD.denoiserSteps();

    @Option(names = "--batch", paramLabel = "N", description = "Images of such a step." + DEFAULT)
    private int batch = STANDARD.denoiserBatch();

    @Option(
            names = "--defects",
            paramLabel = "FACTOR|KIND=RATE,...",
            converter = DefectRatesConverter.class,
            description =
                    "How much is wrong with the scenes: 0 nothing, 1 a mixture of which 36 of 100 are right, or the rates"
                            + " of kinds, from 0 to 1: colour, quality, sign, framing, as in that mixture where not given."
                            + " Default: 1.")
    private DefectRates defects = STANDARD.rates();

    @Option(names = "--workers", paramLabel = "N", description = "Threads that share a batch." + DEFAULT)
    private int workers = STANDARD.workers();

    @Override
    protected int run() throws IOException {
        requireEmpty();
        if (reward) {
            return pretrainReward();
        }
        PretrainPlan plan = plan();
        if (from != null) {
            ModelDirectory.requirePipeline(from, "--from");
        }
        var progress = new TrainingProgress(spec().commandLine().getErr());
        var pretraining = new Pretraining(plan, progress);
        PretrainRecord record = from == null ? pretraining.run(output) : pretraining.resume(from, output);
        progress.end();
        var run = record.runs().get(record.runs().size() - 1);
        var out = spec().commandLine().getOut();
        out.printf("%s: %,d parameters, in %s%n", output, record.parameters(), TimeLeft.text(run.seconds()));
        out.flush();
        return ExitCodes.OK;
    }

    private int pretrainReward() throws IOException {
        Path generator = from == null ? Home.baseModel() : from;
        ModelDirectory.requirePipeline(generator, "--from");
        var progress = new TrainingProgress(spec().commandLine().getErr());
        new RewardPretraining(
                        seed,
                        given("--steps") ? steps : REWARD_STEPS,
                        given("--batch") ? batch : REWARD_BATCH,
                        generator,
                        progress)
                .run(output);
        progress.end();
        return ExitCodes.OK;
    }

    private boolean given(String option) {
        return spec().commandLine().getParseResult().hasMatchedOption(option);
    }

    private PretrainPlan plan() {
        try {
            return new PretrainPlan(
                    seed, vaeSteps, vaeBatch, scenes, steps, batch, workers, defects, STANDARD.weights());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), e.getMessage(), e);
        }
    }

    private void requireEmpty() throws IOException {
        if (!Files.exists(output)) {
            return;
        }
        try (var entries = Files.list(output)) {
            if (entries.findAny().isPresent()) {
                throw new IOException(output + " is not empty: choose another --output, or clear it first");
            }
        }
    }
}
