package dev.rondo.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Java program in the READMEs is the one that compiles and runs.
class ReadmeTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md"})
    void showsTheExampleAsItIs(String readme) throws IOException {
        List<String> program = between(Files.readAllLines(
                Path.of("src/main/java/dev/rondo/examples/FirstModel.java")), "// README");
        List<String> shown = between(Files.readAllLines(ROOT.resolve(readme)), "```java", "```");
        assertEquals(text(program), text(shown));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "graph", "fit", "save", "stream"})
    void theGuideShowsTheGraphAsItIs(String part) throws IOException {
        List<String> program = between(Files.readAllLines(
                Path.of("src/main/java/dev/rondo/examples/SeveralInputs.java")), "// guide: " + part);
        assertTrue(program.size() >= 2, "no lines marked " + part);
        String guide = Files.readAllLines(ROOT.resolve("docs/guide/java.md")).stream().map(String::strip)
                .collect(Collectors.joining("\n"));
        assertTrue(guide.contains(String.join("\n", program)), "docs/guide/java.md differs in the part " + part);
    }

    @Test
    void bothLanguagesShowTheSameCommands() throws IOException {
        List<String> english = commands("README.md");
        assertTrue(english.contains("./rondo demo"), "the first command is missing");
        assertEquals(english, commands("README.zh-CN.md"));
    }

    /// The lines of code blocks that begin with a program, without their remarks.
    private static List<String> commands(String readme) throws IOException {
        return Files.readAllLines(ROOT.resolve(readme)).stream()
                .filter(line -> line.startsWith("./") || line.startsWith("examples/run"))
                .map(line -> line.replaceFirst(" +#.*", "")).toList();
    }

    private static List<String> between(List<String> lines, String mark) {
        return between(lines, mark, mark);
    }

    private static List<String> between(List<String> lines, String begin, String end) {
        return lines.stream().map(String::strip).dropWhile(line -> !line.equals(begin)).skip(1)
                .takeWhile(line -> !line.equals(end)).toList();
    }

    private static String text(List<String> lines) {
        assertTrue(lines.size() >= 10, "no program found");
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
