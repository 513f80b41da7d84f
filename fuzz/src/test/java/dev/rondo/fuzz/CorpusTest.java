package dev.rondo.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The stored corpus: sound files that fuzzing begins with, and every file that once made a reader fail.
class CorpusTest {
    @TestFactory
    Stream<DynamicTest> readersFailInOneLineOrNotAtAll() {
        return Arrays.stream(FuzzedReader.values()).flatMap(reader -> files(reader).stream()
                .map(file -> DynamicTest.dynamicTest(reader.id() + "/" + file.getFileName(),
                        () -> assertDoesNotThrow(() -> reader.check(Files.readAllBytes(file))))));
    }

    private static List<Path> files(FuzzedReader reader) {
        try {
            Path folder = Path
                    .of(Objects.requireNonNull(CorpusTest.class.getResource("/corpus/" + reader.id())).toURI());
            try (Stream<Path> list = Files.list(folder)) {
                List<Path> files = list.sorted().toList();
                assertFalse(files.isEmpty(), reader.id() + " has no corpus");
                return files;
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
