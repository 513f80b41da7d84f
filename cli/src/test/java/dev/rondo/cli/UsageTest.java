package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @Test
    void helpNamesEveryCommand() {
        String help = Rondo.run("--help").done().out();
        for (String command : new String[] {"demo", "train", "evaluate", "predict", "inspect", "run", "bench"}) {
            assertTrue(help.lines().anyMatch(line -> line.startsWith("  " + command + " ")), command);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "train", "evaluate", "predict", "inspect", "run", "bench"})
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
    void unexpectedArgumentIsNamed() {
        Rondo.run("inspect", "m.rondo", "n.rondo").failed(2, "unexpected argument 'n.rondo'");
    }
}
