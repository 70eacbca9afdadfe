package dev.preflow.models.tokenizer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CLIP's {@code vocab.json} and {@code merges.txt}. */
record ClipVocabulary(Map<String, Integer> ids, List<BytePairEncoder.Pair> merges) {
    private static final String VOCABULARY_FILE = "vocab.json";
    private static final String MERGES_FILE = "merges.txt";
    private static final ObjectMapper JSON = new ObjectMapper();

    static ClipVocabulary load(Path folder) throws IOException {
        Map<String, Integer> ids =
                JSON.readValue(folder.resolve(VOCABULARY_FILE).toFile(), new TypeReference<>() {});
        List<BytePairEncoder.Pair> merges = new ArrayList<>();
        Path file = folder.resolve(MERGES_FILE);
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (line.isBlank() || line.startsWith("#version")) {
                continue;
            }
            int space = line.indexOf(' ');
            if (space <= 0 || space == line.length() - 1) {
                throw new IOException(file + ": '" + line + "' is not a merge of two symbols");
            }
            BytePairEncoder.Pair merge = new BytePairEncoder.Pair(
                    line.substring(0, space), line.substring(space + 1).strip());
            if (!ids.containsKey(merge.joined())) {
                throw new IOException(file + ": '" + line + "' makes '" + merge.joined() + "', which vocab.json lacks");
            }
            merges.add(merge);
        }
        return new ClipVocabulary(ids, merges);
    }

    void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        JSON.writeValue(folder.resolve(VOCABULARY_FILE).toFile(), ids);
        StringBuilder lines = new StringBuilder("#version: 0.2\n");
        merges.forEach(merge ->
                lines.append(merge.left()).append(' ').append(merge.right()).append('\n'));
        Files.writeString(folder.resolve(MERGES_FILE), lines);
    }

    /** CLIP's numbering: the bytes, the bytes that end a word, the merges, start and end of text. */
    static ClipVocabulary of(List<BytePairEncoder.Pair> merges) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String suffix : new String[] {"", ClipWords.WORD_END}) {
            for (char symbol : ByteAlphabet.characters()) {
                ids.put(symbol + suffix, ids.size());
            }
        }
        merges.forEach(merge -> ids.putIfAbsent(merge.joined(), ids.size()));
        ids.put(ClipWords.START, ids.size());
        ids.put(ClipWords.END, ids.size());
        return new ClipVocabulary(ids, merges);
    }
}
