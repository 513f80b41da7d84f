package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @Test
    void helpNamesEveryCommand() {
        String help = Rondo.run("--help").done().out();
        for (String command : new String[] {"demo", "train", "evaluate", "predict", "inspect", "run", "import",
                "bench"}) {
            assertTrue(help.lines().anyMatch(line -> line.startsWith("  " + command + " ")), command);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "train", "evaluate", "predict", "inspect", "run", "import", "bench"})
    void everyCommandExplainsItself(String command) {
        Rondo help = Rondo.run(command, "--help").done();
        assertTrue(help.out().contains("Usage: rondo " + command), help.out());
        assertEquals("", help.err());
    }

    @Test
    void versionIsOneLine() {
        assertTrue(Rondo.run("--version").done().out().matches("rondo \\S+( .*)?\\R"));
        assertEquals(Rondo.run("--version"), Rondo.run("train", "classify", "--version"));
    }

    @Test
    void unknownOptionGetsTheNearest() {
        Rondo.run("inspect", "m.rondo", "--jsno").failed(2, "unknown option '--jsno'", "did you mean --json?",
                "rondo inspect --help");
    }

    @Test
    void unknownCommandGetsTheNearest() {
        Rondo.run("inspct").failed(2, "unknown command 'inspct'", "did you mean inspect?", "rondo --help");
    }

    @Test
    void missingPartsAreNamed() {
        Rondo.run().failed(2, "a command is missing");
        Rondo.run("inspect").failed(2, "MODEL");
        Rondo.run("run", "m.rondo", "--input", "x").failed(2, "--output");
    }

    @Test
    void badValuesAreNamed() {
        Rondo.run("bench", "S9").failed(2, "no workload 'S9'", "S0");
        Rondo.run("bench", "--threads", "0").failed(2, "--threads 0");
        Rondo.run("bench", "--threads", "many").failed(2, "--threads", "many");
    }

    @Test
    void wholeNumbersHaveALimit() {
        Rondo.run("train", "classify", "--data", "a.csv", "--out", "m.rondo", "--batch-size", "1000000000000")
                .failed(2, "--batch-size", "'1000000000000': expected a whole number up to 2147483647");
    }

    @Test
    void anEmptyTargetIsNamed() {
        Rondo.run("train", "classify", "--data", "a.csv", "--out", "").failed(1, "--out is empty; give a file name");
    }

    @Test
    void aLibraryThatCannotWriteIsNoDefect() {
        String library = Failure.line(new IllegalStateException("writing failed",
                new IOException("No space left on device")));
        assertTrue(library.startsWith("reading or writing failed: No space left on device; temporary files go to "),
                library);
        assertTrue(Failure.line(new IllegalStateException("odd")).contains("defect of rondo"));
    }

    @Test
    void outOfMemoryNamesEachRemedy() {
        String line = Failure.line(new OutOfMemoryError());
        assertEquals(1, line.lines().count());
        for (String remedy : new String[] {"RONDO_OPTS=-Xmx4g", "--batch-size", "--max-length", "fewer units",
                "smaller vocabulary", "shorter texts"}) {
            assertTrue(line.contains(remedy), line);
        }
    }

    @Test
    void helpOfTrainingHasTheDefaults() {
        String help = Rondo.run("train", "classify", "--help").done().out().replaceAll("\\s+", " ");
        for (String part : new String[] {"otherwise 2 to 25, by the number of texts", "otherwise 16, or 32 from 10000",
                "the end is kept; otherwise 400", "otherwise 0", "otherwise 5 %"}) {
            assertTrue(help.contains(part), () -> part + " in: " + help);
        }
    }

    @Test
    void unexpectedArgumentIsNamed() {
        Rondo.run("inspect", "m.rondo", "n.rondo").failed(2, "unexpected argument 'n.rondo'");
    }
}
