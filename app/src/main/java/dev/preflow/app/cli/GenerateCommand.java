package dev.preflow.app.cli;

import dev.preflow.app.config.Home;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.ImageSize;
import dev.preflow.models.pipeline.StartImage;
import dev.preflow.models.tensor.Compute;
import dev.preflow.producers.generate.PngImage;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Draws images. */
@Command(
        name = "generate",
        description = "Draws images of a prompt as PNG files, by a diffusers directory or a demo's newest policy.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow generate \"a red circle\" --output circle.png",
            "  preflow generate --data data \"a red circle\" --output circle.png   by a demo's newest policy",
            "  preflow generate --model sd15 --scheduler dpm --steps 25 --guidance 7.5 \"a harbour\" --output h.png",
            "  preflow generate --model sd15 --lora style.safetensors:0.8 \"a harbour\" --output h.png",
            "  preflow generate --count 4 \"two squares\" --output s.png           s-1.png to s-4.png",
            "  preflow generate --image s-1.png --strength 0.5 \"two stars\" --output stars.png",
            "",
            "The same model, prompt, seed and options give the same image. The file says how it was made: its text",
            "\"parameters\" has the lines that AUTOMATIC1111's web UI writes and reads."
        })
public final class GenerateCommand extends CliCommand {
    private static final double DEFAULT_STRENGTH = 0.8;
    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

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
            paramLabel = "PATH",
            description =
                    "Diffusers directory, or a checkpoint in one file with CLIP's tokenizer/ beside it, that draws;"
                            + " without it and --data the base that comes with Preflow.")
    private @Nullable Path model;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Draws by the newest policy of this demo, which may be running or not.")
    private @Nullable Path data;

    @Option(
            names = "--lora",
            paramLabel = "FILE[:SCALE]",
            converter = WeightedLora.Converter.class,
            description = "LoRA of diffusers, peft or kohya to draw with; SCALE is 1 unless given. May be repeated.")
    private List<WeightedLora> loras = List.of();

    @Mixin
    private ComputeOptions computing = new ComputeOptions();

    @Option(names = "--negative", paramLabel = "TEXT", description = "What guidance leads away from.")
    private @Nullable String negative;

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
    private @Nullable SamplerName scheduler;

    @Option(
            names = "--width",
            paramLabel = "PIXELS",
            description = "Width, a multiple of 8 for Stable Diffusion; else that of --image or the model's own.")
    private @Nullable Integer width;

    @Option(names = "--height", paramLabel = "PIXELS", description = "Height, likewise.")
    private @Nullable Integer height;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description =
                    "Begins from this image, PNG, JPEG, GIF or BMP, in place of noise; it is resized to --width and"
                            + " --height.")
    private @Nullable Path image;

    @Option(
            names = "--strength",
            paramLabel = "SHARE",
            description =
                    "How much of --image is drawn anew: the share of the steps that are taken, up to 1. Default: 0.8.")
    private @Nullable Double strength;

    @Mixin
    private FramingOptions told = new FramingOptions();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of the first image." + DEFAULT)
    private long seed;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1", description = "How many images." + DEFAULT)
    private int count;

    @Override
    protected int run() throws Exception {
        if (model != null && data != null) {
            throw new ParameterException(spec().commandLine(), "Give --model or --data, not both");
        }
        if (strength != null && image == null) {
            throw new ParameterException(spec().commandLine(), "--strength is of --image: give an image too");
        }
        if (count < 1) {
            throw new ParameterException(spec().commandLine(), "--count: give 1 or more, not " + count);
        }
        GenerationRequest first = request();
        Path directory = directory();
        OutputFile.makeFolder(output);
        Compute compute = computing.read(options());
        try (var manager = compute.newManager();
                var pipeline = DiffusionPipeline.load(
                        directory,
                        name(directory),
                        own -> scheduler == null ? own : scheduler.of(own),
                        compute.precision(),
                        manager)) {
            loras.forEach(lora -> pipeline.merge(lora.file(), lora.scale()));
            draw(pipeline, first);
        }
        return ExitCodes.OK;
    }

    private GenerationRequest request() throws IOException {
        RgbImage begin = image == null ? null : RgbImage.decode(Files.readAllBytes(image));
        try {
            var request = new GenerationRequest(prompt, negative, seed, guidance, steps, 0, 0).framed(told.framing());
            return begin == null
                    ? request
                    : request.from(new StartImage(begin, strength == null ? DEFAULT_STRENGTH : strength));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), e.getMessage(), e);
        }
    }

    /** One image at a time: several take no more memory than one, and each is there as soon as it is drawn. */
    private void draw(DiffusionPipeline pipeline, GenerationRequest first) throws IOException {
        ImageSize usual = first.size() == null ? pipeline.models().ownSize() : first.size();
        ImageSize size = new ImageSize(width == null ? usual.width() : width, height == null ? usual.height() : height);
        var bar = new ProgressBar(spec().commandLine().getErr(), count);
        for (int i = 0; i < count; i++) {
            int number = i + 1;
            GenerationRequest request = first.sized(size).seeded(seed + i);
            GeneratedImage drawn = pipeline.generate(List.of(request), false, (done, of) -> bar.show(number, done, of))
                    .get(0);
            bar.clear();
            write(
                    drawn,
                    count == 1 ? output : numbered(number),
                    SamplerName.label(pipeline.models().scheduler()));
        }
    }

    private Path directory() throws IOException, InterruptedException {
        if (data != null) {
            return ReleaseOptions.ofDemo(data, options())
                    .find(ReleaseKind.POLICY)
                    .orElseThrow(() -> new IOException(
                            "There is no policy release yet: wait for the first, or name a directory with --model"))
                    .directory();
        }
        Path directory = model == null ? Home.baseModel() : model;
        ModelDirectory.requirePipeline(directory, "--model");
        return directory;
    }

    private static String name(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return name == null ? directory.toString() : name.toString();
    }

    private void write(GeneratedImage drawn, Path file, String sampler) throws IOException {
        byte[] png = PngImage.encode(drawn.image().toBufferedImage()).bytes();
        String text = ImageParameters.of(drawn, sampler, drawn.release(), loras);
        Files.write(file, PngText.add(png, ImageParameters.KEYWORD, text));
        spec().commandLine().getOut().println(file);
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
