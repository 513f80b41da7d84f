package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir
    private Path folder;

    @Test
    void trainsExaminesTriesAndSaves() {
        String model = folder.resolve("demo.rondo").toString();
        Rondo rondo = Rondo.run("demo", "--quick", "--out", model).done();
        for (String part : new String[] {"are right", "called neg", "The soup was not delicious.",
                "predict " + model}) {
            assertTrue(rondo.out().contains(part), () -> part + " in:\n" + rondo.out());
        }
        assertEquals(4, rondo.err().lines().count(), "a line for each epoch");
        assertEquals("neg", Rondo.run("predict", model, "--text", "The film was dull.", "--json").done().json()
                .getFirst().get("label").stringValue());
    }
}
