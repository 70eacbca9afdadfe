package dev.preflow.annotators.reply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a Markdown table as a list of objects, whose keys are the words of the header. */
final class TableReply {

    private TableReply() {}

    /** The rows of every table in the text. */
    static List<JsonNode> rows(String text) {
        var rows = new ArrayList<JsonNode>();
        @Nullable List<String> header = null;
        for (var line : text.lines().map(String::strip).toList()) {
            if (!line.startsWith("|")) {
                header = null;
                continue;
            }
            var cells = cells(line);
            if (header == null) {
                header = cells;
            } else if (cells.size() == header.size() && !line.matches("[|:\\-\\s]+")) {
                var row = JsonNodeFactory.instance.objectNode();
                for (int i = 0; i < cells.size(); i++) {
                    row.put(header.get(i), cells.get(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        var inner = line.substring(1, line.endsWith("|") && line.length() > 1 ? line.length() - 1 : line.length());
        return Arrays.stream(inner.split("\\|", -1))
                .map(cell -> cell.replace("**", "").strip())
                .toList();
    }
}
