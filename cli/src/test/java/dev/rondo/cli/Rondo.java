package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The command, run inside the test.
///
/// @param status the exit status
/// @param out what it printed on standard output
/// @param err what it printed on standard error
record Rondo(int status, String out, String err) {
    static Rondo run(String... args) {
        return run(InputStream.nullInputStream(), args);
    }

    static Rondo reading(String in, String... args) {
        return run(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)), args);
    }

    private static Rondo run(InputStream in, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = Main.run(args, new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8), in);
        return new Rondo(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Checks that it worked.
    Rondo done() {
        assertEquals(0, status, () -> "status; standard error: " + err);
        return this;
    }

    /// Checks that it failed and said why in one line that has all these words, with nothing on standard output.
    Rondo failed(int expected, String... words) {
        assertEquals(1, err.lines().count(), () -> "lines on standard error: " + err);
        for (String word : words) {
            assertTrue(err.contains(word), () -> "'" + word + "' in: " + err);
        }
        assertTrue(err.startsWith("rondo: "), err);
        assertEquals("", out, "standard output");
        assertEquals(expected, status, () -> "status of: " + err);
        return this;
    }

    /// The lines of standard output, each of which must be a JSON object.
    List<ObjectNode> json() {
        return out.lines().map(line -> {
            try {
                return Json.read(line.getBytes(StandardCharsets.UTF_8), "standard output");
            } catch (dev.rondo.io.ModelFormatException e) {
                throw new AssertionError("not JSON: " + line, e);
            }
        }).toList();
    }
}
