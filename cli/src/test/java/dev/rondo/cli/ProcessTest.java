package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What only a process of its own shows: signals, and a standard output that fails.
@Timeout(120)
class ProcessTest {
    private static final String EARLIER = "an earlier model";
    private static final String INCUBATING = "WARNING: Using incubator modules: jdk.incubator.vector";
    private static final int SIGINT = 2;

    @TempDir
    private Path folder;
    private String data = "";
    private String network = "";
    private Path out = Path.of("");

    @BeforeEach
    void write() throws IOException {
        data = Texts.reviews(folder.resolve("train.csv"), 200);
        network = Texts.network(folder.resolve("tiny.json"));
        out = folder.resolve("m.rondo");
    }

    /// Ctrl-C sends INT, a shutdown of the machine TERM.
    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void stopWhileTraining(String signal, int status) throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "there are no signals");
        assumeTrue(signal.equals("TERM") || !ignoresInterrupts(), "started in the background, where Ctrl-C is ignored");
        Files.writeString(out, EARLIER);
        Process process = start(ProcessBuilder.Redirect.PIPE, "train", "classify", "--data", data, "--model", network,
                "--epochs", "1000000", "--out", out.toString());
        List<String> lines = new ArrayList<>();
        try (BufferedReader err = process.errorReader()) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                lines.add(line);
                if (line.startsWith("epoch 2/")) {
                    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start()
                            .waitFor();
                }
            }
        }
        assertEquals(status, process.waitFor());
        assertTrue(lines.getLast().matches("rondo: stopped during epoch \\d+ of 1000000; nothing was saved, \\Q"
                + out + "\\E is unchanged"), () -> lines.getLast());
        assertEquals(1, lines.stream().filter(line -> line.startsWith("rondo:")).count(), lines::toString);
        assertEquals(EARLIER, Files.readString(out));
        try (var files = Files.list(folder)) {
            assertEquals(3, files.count(), "no temporary file is left");
        }
    }

    @Test
    void fullDiskBehindStandardOutput() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "the system has no /dev/full");
        Process process = start(ProcessBuilder.Redirect.to(new File("/dev/full")), "--version");
        List<String> err = lines(process);
        assertEquals(1, process.waitFor());
        assertEquals(1, err.size(), err::toString);
        assertTrue(err.getFirst().contains("standard output: No space left"), err::toString);
    }

    @Test
    void nobodyReadsStandardOutput() throws Exception {
        Rondo.run("train", "classify", "--data", data, "--model", network, "--out", out.toString()).done();
        Process process = start(ProcessBuilder.Redirect.PIPE, "predict", out.toString(), "--data", "-", "--json");
        process.getInputStream().close();
        try (var in = process.outputWriter()) {
            for (int i = 0; i < 20_000; i++) {
                in.write("a line that nobody wants to know the class of\n");
            }
        } catch (IOException _) {
            // the command has ended, as it should
        }
        assertEquals(List.of(), lines(process));
        assertEquals(0, process.waitFor());
    }

    private static Process start(ProcessBuilder.Redirect out, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "--add-modules=jdk.incubator.vector", "-cp",
                System.getProperty("java.class.path"), "dev.rondo.cli.Main"));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectOutput(out).start();
    }

    /// The lines on standard error, once the process has ended, without that of the JVM itself.
    private static List<String> lines(Process process) throws IOException, InterruptedException {
        try (BufferedReader err = process.errorReader()) {
            List<String> lines = err.lines().filter(line -> !line.equals(INCUBATING)).toList();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            return lines;
        }
    }

    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> SIGINT - 1 & 1) == 1);
    }
}
