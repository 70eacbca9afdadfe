package dev.preflow.app.cli;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.config.Home;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraFile;
import dev.preflow.models.lora.LoraFormat;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Writes a LoRA for other programs. */
@Command(
        name = "lora",
        description = "Writes the newest policy as a LoRA file for other programs, or a LoRA file in another form.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow lora --data data --output pytorch_lora_weights.safetensors   for diffusers",
            "  preflow lora --data data --format kohya --output mine.safetensors    for ComfyUI and A1111",
            "  preflow lora --input mine.safetensors --model sd15 --output theirs.safetensors",
            "",
            "The policy is a LoRA where it is trained with trainer.lora.rank above 0; preflow generate --lora draws with one."
        })
public final class LoraCommand extends CliCommand {

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "LoRA of diffusers, peft or kohya; else the newest policy release.")
    private @Nullable Path input;

    @Option(
            names = "--model",
            paramLabel = "PATH",
            description =
                    "The base that the LoRA belongs to, a diffusers directory or a single file; else the one that the"
                            + " release names, or with --input the one that comes with Preflow.")
    private @Nullable Path model;

    @Mixin
    private ReleaseOptions releases = new ReleaseOptions();

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "The file that is written.")
    private Path output = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORM",
            defaultValue = "diffusers",
            description = "${COMPLETION-CANDIDATES}; the latter is for ComfyUI and A1111. Default: ${DEFAULT-VALUE}.")
    private LoraFormat format = LoraFormat.DIFFUSERS;

    @Override
    protected int run() throws Exception {
        if (input != null && releases.given()) {
            throw new ParameterException(spec().commandLine(), "Give --input or --data, not both");
        }
        Path release = input == null ? release() : null;
        Path file = release == null ? input : LoraDirectory.file(release);
        Path base = model != null ? model : release == null ? Home.baseModel() : LoraDirectory.base(release);
        ModelDirectory.requirePipeline(base, "--model");
        OutputFile.makeFolder(output);
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = DiffusionPipeline.load(base, "base", manager);
                PolicyLease lease = pipeline.borrow();
                Lora lora = LoraFile.read(file, lease.parameters(), manager)) {
            LoraFile.write(output, lora, lease.parameters(), format, Map.of());
        }
        spec().commandLine().getOut().println(output);
        spec().commandLine().getOut().flush();
        return ExitCodes.OK;
    }

    private Path release() throws IOException, InterruptedException {
        var found = releases.read(options())
                .find(ReleaseKind.POLICY)
                .orElseThrow(() -> new IOException("There is no policy release yet: wait for the first"));
        if (!LoraDirectory.holds(found.directory())) {
            throw new IOException("Policy release " + found.release().getNumber()
                    + " has whole weights: train with trainer.lora.rank above 0 to get a LoRA");
        }
        return found.directory();
    }
}
