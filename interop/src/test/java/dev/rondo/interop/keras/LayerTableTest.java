package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.LayerJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The guide's table of layers has a row for each layer that is read, says "no" of none of them, and names no other as read.
class LayerTableTest {
    private static final String HEAD = "| layer | options | in | out (`.keras`) | out (ONNX) | refused, and why |";
    private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Za-z]*[a-z][A-Za-z0-9]*|\\b[A-Z]{3,}\\b");

    @Test
    void namesAllLayersThatAreRead() throws IOException {
        Set<String> read = new TreeSet<>(LayerJson.names());
        read.remove("Model"); // what Rondo's own files call a model within a model
        read.addAll(Set.of("Sequential", "Functional"));
        read.addAll(LayerConfig.PASSING);
        read.addAll(TextInput.CLASSES);
        Set<String> told = new TreeSet<>();
        for (List<String> row : rows()) {
            assertEquals(6, row.size(), () -> "columns of " + row);
            Set<String> names = new TreeSet<>(NAME.matcher(row.getFirst()).results().map(r -> r.group()).toList());
            if (row.subList(2, 5).equals(List.of("no", "no", "no"))) {
                names.retainAll(read);
                assertEquals(Set.of(), names, "are read, but the table says no");
            } else {
                assertTrue(names.stream().allMatch(told::add), () -> "twice in the table: " + row.getFirst());
            }
        }
        assertEquals(read, told, "layers that are read, and those of the guide");
    }

    private static List<List<String>> rows() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "guide", "interop.md"));
        int head = lines.indexOf(HEAD);
        assertTrue(head > 0, "no table of layers in the guide");
        return lines.subList(head + 2, lines.size()).stream().takeWhile(line -> line.startsWith("|"))
                .map(line -> List.of(line.substring(1, line.length() - 1).split("\\|", -1)).stream().map(String::strip)
                        .toList())
                .toList();
    }
}
