package dev.rondo.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Objects;
import java.util.UUID;

/// Writes a file so that a reader sees the old content or the whole new one, never a part.
///
/// The content goes to a temporary file in the same folder, is synced to the disk, and the temporary file is then
/// renamed over the target in one step. Whatever fails, the temporary file is removed and an existing target stays as
/// it was. A replaced file keeps its permissions; a symbolic link stays, and the file that it points to is replaced.
/// Several threads and processes may write to the same target: one of them wins.
public final class AtomicFile {

    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFile() {}

    /// What writes the content of a file.
    @FunctionalInterface
    public interface Content {

        /// Writes the whole content.
        ///
        /// @param out where to; buffered; closing it has no effect
        /// @throws IOException if the content cannot be written; the file is then left as it was
        void writeTo(OutputStream out) throws IOException;
    }

    /// Writes a file, replacing it if it exists.
    ///
    /// @param target  the file; its folder must exist
    /// @param content writes the content, called once
    /// @throws IOException if that fails, for example because the disk is full or the folder may not be written to: one
    ///         line that says what, where, and what to do; exceptions of other kinds thrown by `content` pass unchanged
    public static void write(Path target, Content content) throws IOException {
        Objects.requireNonNull(content, "content is null");
        Path file = resolve(target);
        Path folder = Objects.requireNonNull(file.getParent(), "an absolute path of a file has a parent");
        Path temporary = folder.resolve(".rondo-" + UUID.randomUUID() + ".tmp");
        boolean renamed = false;
        try {
            writeSynced(file, temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            renamed = true;
        } catch (IOException e) {
            throw explain(target, folder, e);
        } finally {
            if (!renamed) {
                remove(temporary);
            }
        }
        syncFolder(folder);
    }

    private static Path resolve(Path target) throws IOException {
        Objects.requireNonNull(target, "target is null");
        // Not normalized: `link/..` is the folder above that which the link points to.
        Path file = target.toAbsolutePath();
        if (Files.isSymbolicLink(file)) {
            try {
                file = file.toRealPath();
            } catch (IOException e) {
                throw failure(target, "it is a symbolic link to a file that does not exist; remove the link", e);
            }
        }
        if (Files.isDirectory(file)) {
            throw new IOException("cannot write " + target + ": it is a folder; give the name of a file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("cannot write " + target + ": it is not a regular file; give the name of a file");
        }
        return file;
    }

    private static void writeSynced(Path file, Path temporary, Content content) throws IOException {
        // CREATE_NEW, not Files.createTempFile: the file shall have the permissions that any new file of the user has.
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
            // Before there is anything to read that the old file kept from others.
            keepPermissions(file, temporary);
            content.writeTo(new Open(out));
            out.flush();
            channel.force(true);
        }
    }

    /// Stays open when the content closes it, as a writer or a zip stream around it does: it is yet to be synced.
    private static final class Open extends OutputStream {
        private final OutputStream out;

        private Open(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int start, int count) throws IOException {
            out.write(bytes, start, count);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    private static void keepPermissions(Path file, Path temporary) throws IOException {
        PosixFileAttributeView from = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        PosixFileAttributeView to = Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
        if (from != null && to != null && Files.exists(file)) {
            to.setPermissions(from.readAttributes().permissions());
        }
    }

    private static void remove(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException _) {
            // The failure that led here is the one to report.
        }
    }

    private static void syncFolder(Path folder) {
        // Makes the rename itself survive a power cut. Not every system lets a folder be opened; the content is safe
        // without it.
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            // Nothing to do: the file is written.
        }
    }

    private static IOException explain(Path target, Path folder, IOException cause) {
        String message = String.valueOf(cause.getMessage());
        if (message.contains("No space left") || message.contains("not enough space") || message.contains("quota")) {
            return failure(target, "the disk is full; free some space or choose another folder", cause);
        }
        if (message.contains("File too large")) {
            return failure(target, "files may not become so large here; raise the limit (ulimit -f) or choose another "
                    + "folder", cause);
        }
        return switch (cause) {
            case AtomicMoveNotSupportedException _ -> failure(target,
                    "its file system cannot rename in one step; choose a folder on a local disk", cause);
            case AccessDeniedException _ -> failure(target, "no permission to write in " + folder
                    + "; choose another folder or change its permissions", cause);
            case NoSuchFileException _ when !Files.exists(folder) -> failure(target,
                    "the folder " + folder + " does not exist; create it or choose another", cause);
            case NoSuchFileException _ -> failure(target,
                    "the system lets no new file be made in " + folder + "; choose another folder", cause);
            case FileAlreadyExistsException _ -> failure(target, "a temporary file is in the way: " + message
                    + "; remove it", cause);
            case FileSystemException e when !Files.isDirectory(folder) -> failure(target,
                    folder + " is not a folder; choose another", e);
            case FileSystemException e when e.getReason() != null -> failure(target,
                    e.getReason() + " (folder " + folder + "); choose another folder", e);
            case ClosedByInterruptException _ -> failure(target, "the thread was interrupted; write it again", cause);
            default -> failure(target, cause.getMessage() == null ? cause.getClass().getSimpleName() : message, cause);
        };
    }

    private static IOException failure(Path target, String problem, IOException cause) {
        return new IOException(ModelFormatException.oneLine("cannot write " + target + ": " + problem), cause);
    }
}
