package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// What is no file is refused before it is read.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no pipes among its files")
class InputFileTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void pipesAreNotWaitedFor() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assumeTrue(made.waitFor() == 0);
        assertRefused(pipe, "it is a pipe or a device", () -> Safetensors.read(pipe));
        assertRefused(pipe, "it is a pipe or a device", () -> ModelFile.read(pipe));
    }

    @Test
    void linksAreFollowedToFilesOnly() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[1]);
        InputFile.requireRegular(Files.createSymbolicLink(folder.resolve("link"), file));
        Path gone = Files.createSymbolicLink(folder.resolve("gone"), folder.resolve("nothing"));
        assertRefused(gone, "no such file", () -> InputFile.requireRegular(gone));
        Path round = Files.createSymbolicLink(folder.resolve("round"), folder.resolve("round"));
        assertRefused(round, "no such file", () -> InputFile.requireRegular(round));
        Path up = Files.createSymbolicLink(folder.resolve("up"), folder);
        assertRefused(up, "it is a folder", () -> InputFile.requireRegular(up));
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device));
        assertRefused(device, "it is a pipe or a device", () -> InputFile.requireRegular(device));
    }

    /// The time is there so that a reader that waits fails instead of waiting for ever.
    private static void assertRefused(Path file, String problem, Executable read) {
        IOException e = assertTimeoutPreemptively(Duration.ofMinutes(1), () -> assertThrows(IOException.class, read));
        assertEquals("cannot read " + file + ": " + problem, e.getMessage().split(";")[0]);
    }
}
