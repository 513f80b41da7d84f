package dev.rondo.tasks.text;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// The bytes of a data file, unpacked where they are gzip, and the digest of what lies on disk.
final class DataBytes {

    private static final int BUFFER = 1 << 16;

    private final DigestInputStream digested;
    private final InputStream stored;
    private final InputStream unpacked;

    private DataBytes(InputStream in, String name, boolean named) throws IOException {
        digested = new DigestInputStream(in, sha256());
        stored = new BufferedInputStream(digested, BUFFER);
        stored.mark(2);
        boolean gzip = stored.read() == 0x1F && stored.read() == 0x8B;
        stored.reset();
        boolean promised = name.toLowerCase(Locale.ROOT).endsWith(".gz");
        if (named && gzip && !promised) {
            throw new DataFormatException(
                    "%s: the file is gzip-compressed but its name does not end in .gz; rename or unpack it"
                            .formatted(name));
        }
        if (promised && !gzip) {
            throw new DataFormatException("%s: the name ends in .gz but the file %s; rename it or compress it with gzip"
                    .formatted(name, isEmpty() ? "is empty" : "is not gzip"));
        }
        unpacked = gzip ? new GZIPInputStream(stored, BUFFER) : stored;
    }

    /// @throws DataFormatException if there is no such file, or it is a directory
    static void requireFile(String location) {
        Path path = path(location);
        if (Files.isDirectory(path)) {
            throw new DataFormatException(location + ": is a directory; name a file");
        }
        if (!Files.exists(path)) {
            throw new DataFormatException("%s: no such file; check the path (the working directory is %s)"
                    .formatted(location, Path.of("").toAbsolutePath()));
        }
    }

    private static Path path(String location) {
        try {
            return Path.of(location);
        } catch (InvalidPathException e) {
            throw new DataFormatException("%s: cannot be the name of a file: %s".formatted(location, e.getReason()),
                    e);
        }
    }

    static DataBytes open(String location) {
        requireFile(location);
        try {
            return of(Files.newInputStream(path(location)), location, true);
        } catch (AccessDeniedException e) {
            throw new DataFormatException(location + ": reading is not permitted; check the file's permissions", e);
        } catch (IOException e) {
            throw new DataFormatException("%s: cannot be read: %s".formatted(location, e.getMessage()), e);
        }
    }

    /// @param named whether the name is that of a file, so that it must end in .gz exactly where the bytes are gzip
    static DataBytes of(InputStream in, String name, boolean named) {
        try {
            return new DataBytes(in, name, named);
        } catch (EOFException | ZipException e) {
            close(in, e);
            throw new DataFormatException(
                    "%s: the gzip header is damaged or cut short; copy or compress the file again".formatted(name), e);
        } catch (IOException e) {
            close(in, e);
            throw new DataFormatException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
        } catch (DataFormatException e) {
            close(in, e);
            throw e;
        }
    }

    InputStream unpacked() {
        return unpacked;
    }

    /// The digest of all bytes; reads what is left of them.
    String finish() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }

    private boolean isEmpty() throws IOException {
        boolean empty = stored.read() < 0;
        stored.reset();
        return empty;
    }

    private static void close(InputStream in, Exception reason) {
        try {
            in.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }
}
