package dev.preflow.app.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.preflow.models.inspect.Inspection;
import dev.preflow.models.inspect.Inspector;
import dev.preflow.models.inspect.MemoryPlan;
import dev.preflow.models.inspect.Part;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a checkpoint is. */
@Command(
        name = "inspect",
        description =
                "Says what a checkpoint is: family, parameters, precision, and the memory it takes. Only headers are"
                        + " read, so that it is quick on files of any size.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow inspect stable-diffusion-v1-5           a diffusers directory",
            "  preflow inspect v1-5-pruned.safetensors         a checkpoint in one file",
            "  preflow inspect ImageReward.pt                  a state dict of PyTorch",
            "  preflow inspect --json lora.safetensors         for machines",
            "",
            "Ends with 0 if the checkpoint is known and sound, with 1 if it is damaged or of another kind."
        })
public final class InspectCommand extends CliCommand {
    private static final String ROW = "  %-16s %8s %14s %10s  %s%n";

    @Parameters(paramLabel = "PATH", description = "Directory, .safetensors, .pt, .pth, .ckpt or .bin.")
    private Path path = Path.of("");

    @Option(names = "--json", description = "JSON, sizes in bytes.")
    private boolean json;

    @Override
    protected int run() throws Exception {
        Inspection found = Inspector.inspect(path);
        PrintWriter out = spec().commandLine().getOut();
        if (json) {
            var mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            ObjectNode root = mapper.valueToTree(found);
            out.println(mapper.writeValueAsString(root.put("parameters", found.parameters())));
        } else {
            tell(found, out);
        }
        out.flush();
        return ExitCodes.OK;
    }

    private static void tell(Inspection found, PrintWriter out) {
        out.printf("%s: %s (%s)%n%n", found.path(), found.family(), found.form());
        out.printf(ROW, "part", "tensors", "parameters", "size", "stored as");
        for (Part part : found.parts()) {
            out.printf(
                    ROW,
                    part.name(),
                    part.tensors(),
                    String.format(Locale.ROOT, "%,d", part.parameters()),
                    size(part.bytes()),
                    String.join(", ", part.precisions().keySet()));
        }
        out.println();
        found.files().forEach((name, bytes) -> out.printf("  %-10s %s%n", size(bytes), name));
        out.println();
        if (found.imageSize() != null) {
            out.printf("  Images of %d×%<d pixels%n", found.imageSize());
        }
        if (found.predictionType() != null) {
            out.printf("  Predicts %s%n", found.predictionType());
        }
        if (found.memory() != null) {
            tell(found.memory(), out);
        }
    }

    private static void tell(MemoryPlan memory, PrintWriter out) {
        out.printf("  To run     %s in float32, %s in float16%n", size(memory.runFloat32()), size(memory.runFloat16()));
        out.printf("  To train   %s all of it in float32", size(memory.trainAll()));
        if (memory.trainLora() > 0) {
            out.printf(", %s LoRA of rank %d on float16", size(memory.trainLora()), MemoryPlan.RANK);
        }
        out.printf("%n             (weights, gradients and optimiser; activations come on top)%n");
    }

    /** Decimal units, as disks and files are measured. */
    private static String size(long bytes) {
        double value = bytes;
        String unit = "B";
        for (String next : new String[] {"kB", "MB", "GB", "TB"}) {
            if (value < 1000) {
                break;
            }
            value /= 1000;
            unit = next;
        }
        return unit.equals("B") ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
