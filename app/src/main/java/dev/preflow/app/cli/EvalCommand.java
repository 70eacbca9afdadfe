package dev.preflow.app.cli;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.config.Home;
import dev.preflow.app.eval.EvalPair;
import dev.preflow.app.eval.EvalPlan;
import dev.preflow.app.eval.EvalReport;
import dev.preflow.app.eval.EvalTable;
import dev.preflow.app.release.NewestReleases;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Compute;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Compares a policy with its base. */
@Command(
        name = "eval",
        description = "Compares a policy with its base on held-out prompts and fixed seeds, before the gold judge.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow eval --data data              the newest policy of the demo there",
            "  preflow eval --policy mine --quick    a directory, half of the images",
            "  preflow eval --output e.json --sheet e.png",
            "",
            "No prompt of the evaluation is ever fed or trained on. The judge has no noise."
        })
public final class EvalCommand extends CliCommand {

    /** Weights, and what they are called. */
    private record Model(Path directory, String name) {}

    @Option(names = "--base", paramLabel = "DIR", description = "Base model; else the one that comes with Preflow.")
    private @Nullable Path base;

    @Option(
            names = "--policy",
            paramLabel = "DIR",
            description = "Policy, a diffusers directory; else the newest release.")
    private @Nullable Path policy;

    @Option(
            names = "--reward",
            paramLabel = "DIR",
            description = "VP-Score to ask too; else the newest release, or none with --policy.")
    private @Nullable Path reward;

    @Mixin
    private ReleaseOptions releases = new ReleaseOptions();

    @Mixin
    private ComputeOptions computing = new ComputeOptions();

    @Option(
            names = "--guidance",
            paramLabel = "SCALE",
            split = ",",
            defaultValue = "1,3",
            description = "Classifier-free guidance, 1 for none; may be repeated. Default: ${DEFAULT-VALUE}.")
    private List<Double> guidance = List.of();

    @Option(names = "--quick", description = "Half of the images.")
    private boolean quick;

    @Option(names = "--output", paramLabel = "FILE", description = "Writes the figures as JSON.")
    private @Nullable Path output;

    @Option(
            names = "--sheet",
            paramLabel = "FILE",
            description = "Writes a page of pairs, at the first guidance, as PNG.")
    private @Nullable Path sheet;

    /** Kafka's clients warn many times before this command says in one line that Kafka is not there. */
    @Override
    protected Level logLevel() {
        return Level.ERROR;
    }

    @Override
    protected int run() throws Exception {
        check();
        Model before = new Model(base == null ? Home.baseModel() : base, "base");
        ModelDirectory.requirePipeline(before.directory(), "--base");
        NewestReleases newest = policy == null ? releases.read(options()) : null;
        Model after = policy(newest);
        Optional<Model> judge = reward(newest);
        // before the minutes that it takes, not after
        makeFolder(output);
        makeFolder(sheet);
        EvalReport report = evaluate(before, after, judge);
        var out = spec().commandLine().getOut();
        EvalTable.lines(report).forEach(out::println);
        out.flush();
        if (output != null) {
            report.write(output);
        }
        return ExitCodes.OK;
    }

    private void check() {
        for (double scale : guidance) {
            if (!(scale >= 1) || Double.isInfinite(scale)) {
                throw new ParameterException(
                        spec().commandLine(), "--guidance: " + scale + " is no scale; give 1 or more");
            }
        }
        if (policy != null && releases.given()) {
            throw new ParameterException(spec().commandLine(), "Give --policy or --data, not both");
        }
    }

    private Model policy(@Nullable NewestReleases newest) throws IOException {
        if (newest == null) {
            ModelDirectory.requirePipeline(policy, "--policy");
            return new Model(policy, "policy");
        }
        return newest.find(ReleaseKind.POLICY)
                .map(found ->
                        new Model(found.directory(), "policy " + found.release().getNumber()))
                .orElseThrow(
                        () -> new IOException(
                                "There is no policy release yet: wait for the first, or name a diffusers directory with --policy"));
    }

    private Optional<Model> reward(@Nullable NewestReleases newest) throws IOException {
        if (reward != null) {
            ModelDirectory.requireVpScore(reward, "--reward");
            return Optional.of(new Model(reward, reward.toString()));
        }
        return newest == null
                ? Optional.empty()
                : newest.find(ReleaseKind.REWARD)
                        .map(found -> new Model(
                                found.directory(), "VP-Score " + found.release().getNumber()));
    }

    private static void makeFolder(@Nullable Path file) throws IOException {
        if (file != null) {
            OutputFile.makeFolder(file);
        }
    }

    private EvalReport evaluate(Model before, Model after, Optional<Model> judge)
            throws IOException, InterruptedException {
        List<EvalReport.Entry> entries = new ArrayList<>();
        Compute compute = computing.read(options());
        try (NDManager manager = compute.newManager();
                DiffusionPipeline first = load(before, compute, manager);
                DiffusionPipeline second = load(after, compute, manager);
                VpScore vpScore =
                        judge.isEmpty() ? null : VpScore.load(judge.get().directory(), manager)) {
            for (double scale : guidance) {
                EvalPair pair = draw(quick ? EvalPlan.quick(scale) : EvalPlan.full(scale), first, second);
                entries.add(new EvalReport.Entry(pair.comparison(), vpScore == null ? null : pair.proxy(vpScore)));
                if (sheet != null && entries.size() == 1) {
                    Files.write(sheet, pair.contactSheet());
                }
            }
        }
        return new EvalReport(
                before.directory().toString(),
                policy == null ? after.name() : after.directory().toString(),
                judge.map(Model::name).orElse(null),
                List.copyOf(entries));
    }

    private static DiffusionPipeline load(Model model, Compute compute, NDManager manager) {
        return DiffusionPipeline.load(model.directory(), model.name(), compute.precision(), manager);
    }

    private EvalPair draw(EvalPlan plan, DiffusionPipeline first, DiffusionPipeline second)
            throws InterruptedException {
        var progress = new ProgressLine(spec().commandLine().getErr());
        var left = new TimeLeft();
        int images = 2 * plan.images();
        EvalPair pair = EvalPair.draw(
                plan,
                first,
                second,
                drawn -> progress.show("guidance %s: %d of %d images, %s left"
                        .formatted(plan.guidanceScale(), drawn, images, left.after(drawn, images))));
        progress.clear();
        return pair;
    }
}
