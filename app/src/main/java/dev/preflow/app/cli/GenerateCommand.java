package dev.preflow.app.cli;

import dev.preflow.app.config.Home;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Torch;
import dev.preflow.producers.generate.PngImage;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Draws images. */
@Command(
        name = "generate",
        description = "Draws images of a prompt by a diffusers directory or by the newest policy, as PNG files.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow generate \"a red circle\" --output circle.png",
            "  preflow generate --data data \"a red circle\" --output circle.png   by a demo's newest policy",
            "  preflow generate --model sd15 --scheduler dpm --steps 25 --guidance 7.5 \"a harbour\" --output h.png",
            "  preflow generate --count 4 \"two squares\" --output s.png           s-1.png to s-4.png",
            "",
            "The same model, prompt, seed and options give the same image."
        })
public final class GenerateCommand extends CliCommand {
    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

    /** The samplers, and diffusers' names of them. */
    private enum Sampler {
        DDIM("DDIMScheduler"),
        DDPM("DDPMScheduler"),
        PNDM("PNDMScheduler"),
        EULER("EulerDiscreteScheduler"),
        EULER_A("EulerAncestralDiscreteScheduler"),
        DPM("DPMSolverMultistepScheduler");

        private final String className;

        Sampler(String className) {
            this.className = className;
        }
    }

    @Parameters(paramLabel = "PROMPT", description = "What the images shall show.")
    private String prompt = "";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            required = true,
            description = "Where the image is written, as PNG; of several, -1, -2, ... follow the name.")
    private Path output = Path.of("");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Diffusers directory; else the newest policy of --data, or the base that comes with Preflow.")
    private @Nullable Path model;

    @Mixin
    private ReleaseOptions releases = new ReleaseOptions();

    @Option(names = "--negative", paramLabel = "TEXT", description = "What guidance leads away from.")
    private String negative = "";

    @Option(names = "--steps", paramLabel = "N", defaultValue = "20", description = "Denoising steps." + DEFAULT)
    private int steps;

    @Option(
            names = "--guidance",
            paramLabel = "SCALE",
            defaultValue = "3",
            description = "Classifier-free guidance, 1 for none." + DEFAULT)
    private double guidance;

    @Option(
            names = "--scheduler",
            paramLabel = "NAME",
            description = "Sampler: ${COMPLETION-CANDIDATES}; else the model's own.")
    private @Nullable Sampler scheduler;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of the first image." + DEFAULT)
    private long seed;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1", description = "How many images." + DEFAULT)
    private int count;

    @Override
    protected int run() throws Exception {
        if (model != null && releases.given()) {
            throw new ParameterException(spec().commandLine(), "Give --model or --data, not both");
        }
        List<GenerationRequest> requests = requests();
        Path directory = directory();
        Path parent = output.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try (var manager = Torch.newManager();
                var pipeline = DiffusionPipeline.load(directory, "model", this::sampler, manager)) {
            var progress = new ProgressLine(spec().commandLine().getErr());
            var left = new TimeLeft();
            List<GeneratedImage> images = pipeline.generate(
                    requests,
                    false,
                    step -> progress.show("step %d, %s left".formatted(step, left.after(step, Math.max(step, steps)))));
            progress.clear();
            write(images);
        }
        return ExitCodes.OK;
    }

    private List<GenerationRequest> requests() {
        if (count < 1) {
            throw new ParameterException(spec().commandLine(), "--count: give 1 or more, not " + count);
        }
        try {
            return LongStream.range(seed, seed + count)
                    .mapToObj(own -> new GenerationRequest(prompt, negative, own, guidance, steps, 0, 0))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), e.getMessage(), e);
        }
    }

    private Path directory() throws IOException, InterruptedException {
        if (releases.given()) {
            return releases.read(options())
                    .find(ReleaseKind.POLICY)
                    .orElseThrow(() -> new IOException(
                            "There is no policy release yet: wait for the first, or name a directory with --model"))
                    .directory();
        }
        Path directory = model == null ? Home.baseModel() : model;
        ModelDirectory.requirePipeline(directory, "--model");
        return directory;
    }

    private SchedulerConfig sampler(SchedulerConfig own) {
        return scheduler == null ? own : own.with(scheduler.className);
    }

    private void write(List<GeneratedImage> images) throws IOException {
        for (int i = 0; i < images.size(); i++) {
            Path file = images.size() == 1 ? output : numbered(i + 1);
            Files.write(
                    file,
                    PngImage.encode(images.get(i).image().toBufferedImage()).bytes());
            spec().commandLine().getOut().println(file);
        }
        spec().commandLine().getOut().flush();
    }

    private Path numbered(int number) {
        String name = output.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        String suffix = dot < 0 ? "" : name.substring(dot);
        return output.resolveSibling(stem + "-" + number + suffix);
    }
}
