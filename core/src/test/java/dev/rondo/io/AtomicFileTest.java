package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    Path folder;

    @Test
    void writesANewFileAndReplacesAnOldOne() throws IOException {
        Path file = folder.resolve("a.bin");
        byte[] large = new byte[300_000];
        large[299_999] = 7;
        AtomicFile.write(file, out -> out.write(large));
        assertArrayEquals(large, Files.readAllBytes(file));
        AtomicFile.write(file, out -> out.write(new byte[] {1, 2}));
        assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(file));
        AtomicFile.write(file, _ -> {});
        assertEquals(0, Files.size(file));
        assertOnly("a.bin");
    }

    @Test
    void theContentMayCloseTheStream() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFile.write(file, out -> {
            try (Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8)) {
                writer.write("text");
            }
        });
        assertEquals("text", Files.readString(file));
    }

    @Test
    void aFailureMidwayLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.txt");
        Files.writeString(file, "old");
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            out.write(new byte[200_000]);
            throw new IOException("the source broke");
        }));
        assertEquals("cannot write " + file + ": the source broke", e.getMessage());
        assertEquals("old", Files.readString(file));

        RuntimeException own = new IllegalStateException("a defect");
        assertSame(own, assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, _ -> {
            throw own;
        })));
        assertEquals("old", Files.readString(file));
        assertOnly("a.txt");
    }

    @Test
    void aFullDiskIsSaidInOneLine() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "needs the device that is always full");
        Path file = folder.resolve("a.txt");
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            out.write(new byte[100_000]);
            try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(10));
            }
        }));
        assertEquals("cannot write " + file + ": the disk is full; free some space or choose another folder",
                e.getMessage());
        assertOnly();
    }

    @Test
    void aFolderWithoutPermissionIsNamed() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Path file = locked.resolve("a.txt");
        Files.writeString(file, "old");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeFalse(Files.isWritable(locked), "the superuser may write anywhere");
            IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, out -> out.write(1)));
            assertNoPermission(e, file, locked);
            assertEquals("old", Files.readString(file));
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void aDeniedAccessNamesTheFolder() throws IOException {
        Path file = folder.resolve("a.txt");
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, _ -> {
            throw new AccessDeniedException(file.toString());
        }));
        assertNoPermission(e, file, folder);
        assertOnly();
    }

    @Test
    void aLimitOfFilesIsSaid() {
        Path file = folder.resolve("model.rondo");
        String message = assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            throw new IOException("File too large");
        })).getMessage();
        assertEquals(
                "cannot write " + file + ": files may not become so large here; raise the limit (ulimit -f) or choose "
                        + "another folder",
                message);
    }

    @Test
    void aMissingFolderAndAFolderAsTargetAreSaid() throws IOException {
        Path missing = folder.resolve("none").resolve("a.txt");
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(missing, out -> out.write(1)));
        assertEquals("cannot write " + missing + ": the folder " + missing.getParent()
                + " does not exist; create it or choose another", e.getMessage());

        e = assertThrows(IOException.class, () -> AtomicFile.write(folder, out -> out.write(1)));
        assertEquals("cannot write " + folder + ": it is a folder; give the name of a file", e.getMessage());

        Path plain = Files.writeString(folder.resolve("plain"), "x");
        e = assertThrows(IOException.class, () -> AtomicFile.write(plain.resolve("a"), out -> out.write(1)));
        assertTrue(e.getMessage().contains(plain + " is not a folder"), e.getMessage());
        assertOnly("plain");
    }

    @Test
    void keepsPermissionsAndSymbolicLinks() throws IOException {
        Path file = Files.writeString(folder.resolve("real"), "old");
        assumeTrue(Files.getFileStore(file).supportsFileAttributeView("posix"), "needs POSIX permissions");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        AtomicFile.write(link, out -> out.write('n'));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("n", Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("gone"));
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(dangling, out -> out.write(1)));
        assertTrue(e.getMessage().contains("symbolic link"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("gone")));
    }

    private static void assertNoPermission(IOException e, Path file, Path folder) {
        assertEquals("cannot write " + file + ": no permission to write in " + folder
                + "; choose another folder or change its permissions", e.getMessage());
    }

    private void assertOnly(String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(names), files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aWayThroughALinkedFolderIsThatOfTheSystem() throws IOException {
        Files.createDirectories(folder.resolve("real/inner"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real/inner"));
        AtomicFile.write(folder.resolve("link/../a.txt"), out -> out.write('a'));
        assertEquals("a", Files.readString(folder.resolve("real/a.txt")));
        assertFalse(Files.exists(folder.resolve("a.txt")));
    }

    @Test
    void nobodyElseReadsWhileAPrivateFileIsReplaced() throws IOException {
        Path file = folder.resolve("a.txt");
        Files.writeString(file, "old");
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        AtomicFile.write(file, out -> {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path each : files.toList()) {
                    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)),
                            each.toString());
                }
            }
            out.write('a');
        });
    }
}
