package dev.preflow.app.cli;

import dev.preflow.app.config.AppSettings;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.config.Setting;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the configuration. */
@Command(
        name = "config",
        description = "Shows the effective configuration with its sources, secrets masked.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow config                             what is in effect, and where it was set",
            "  preflow config --defaults > preflow.yaml   a file to start from",
            "  preflow config --docs                      every setting as a Markdown table"
        })
public final class ConfigCommand extends CliCommand {

    @Option(names = "--defaults", description = "Shows the defaults, whatever is set.")
    private boolean defaults;

    @Option(names = "--docs", description = "Shows every setting as a Markdown table.")
    private boolean docs;

    @Override
    protected int run() throws IOException {
        var out = spec().commandLine().getOut();
        if (docs) {
            table(out);
        } else {
            var config =
                    defaults ? Config.with(AppSettings.ALL).build() : options().config(Map.of());
            config.lines().forEach(line -> {
                var source = defaults ? line.doc() : line.source();
                out.printf("%s: %s  # %s%n", line.key(), yaml(line.value()), source);
            });
        }
        out.flush();
        return ExitCodes.OK;
    }

    private static void table(PrintWriter out) {
        out.println("| setting | value | default | what it is for |");
        out.println("|---|---|---|---|");
        AppSettings.ALL.stream()
                .sorted(Comparator.comparing(Setting::key))
                .forEach(setting -> out.printf(
                        "| `%s` | %s | %s | %s |%n",
                        setting.key(),
                        cell(setting.type()),
                        setting.defaultText() == null || setting.defaultText().isEmpty()
                                ? ""
                                : "`" + cell(setting.defaultText()) + "`",
                        cell(setting.doc())));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** A plain scalar where YAML reads it back as the same text, else a quoted one. */
    private static String yaml(String value) {
        boolean plain = value.matches("[A-Za-z0-9/.][A-Za-z0-9 _./:@+-]*") && !value.contains(": ");
        return plain ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
