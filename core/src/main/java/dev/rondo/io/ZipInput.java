package dev.rondo.io;

import static dev.rondo.io.ModelFormatException.quote;
import static dev.rondo.io.ZipLayout.damaged;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import tools.jackson.databind.node.ObjectNode;

/// A zip file that may be hostile: its entries are listed and checked at once, and read within limits.
///
/// Refused: two entries of one name, names that lead out of the archive, entries that overlap, are encrypted or are not where both of
/// the file's directories say, entries that unpack to more than they state or than a limit allows, wrong checksums. Nothing is ever
/// written to a path from the file. For one thread.
public final class ZipInput implements AutoCloseable {
    private static final int ZIP_MAGIC = 'P' << 8 | 'K';

    /// Below this size an entry may be packed however well.
    private static final int RATIO_MATTERS_BYTES = 1 << 16;

    /// Names that lead out of the folder in which somebody unpacks them: `/x`, `C:x`, `a/../x`, and Windows' separators.
    private static final Pattern CLIMBS = Pattern.compile("/.*|[A-Za-z]:.*|(.*/)?\\.\\.?(/.*)?|.*//.*|.*[\\\\\\x00].*",
            Pattern.DOTALL);

    private final String where;
    private final ZipFile zip;
    private final Kind kind;
    private final Limits limits;
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

    /// What files of one kind have in common.
    ///
    /// @param noun what errors call it, such as `a Rondo model`
    /// @param mostEntries how many entries it has at the most
    /// @param folders whether entries may be in folders
    public record Kind(String noun, int mostEntries, boolean folders) {}

    /// Reads from an entry.
    ///
    /// @param <T> what comes of it
    @FunctionalInterface
    public interface Reader<T> {
        /// Reads the entry, all of it.
        T read(InputStream in) throws IOException;
    }

    private ZipInput(String where, ZipFile zip, Kind kind, Limits limits) {
        this.where = where;
        this.zip = zip;
        this.kind = kind;
        this.limits = limits;
    }

    /// Opens a file and checks its directory.
    ///
    /// @throws ModelFormatException if it is no sound zip file, or exceeds a limit
    /// @throws IOException if it cannot be read
    public static ZipInput open(Path file, Kind kind, Limits limits) throws IOException {
        InputFile.requireRegular(file);
        String where = file.toString();
        try {
            requirePlausible(file, where, kind, limits);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                ZipInput input = new ZipInput(where, open(file, channel, where), kind, limits);
                try {
                    input.list();
                    new ZipLayout(channel, where).requireMatch(input.entries);
                    return input;
                } catch (IOException | RuntimeException e) {
                    input.close();
                    throw e;
                }
            }
        } catch (ZipException | EOFException e) {
            throw damaged(where,
                    "not a readable zip file (" + (e.getMessage() == null ? "it ends too early" : e.getMessage())
                            + ")",
                    e);
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    private static void requirePlausible(Path file, String where, Kind kind, Limits limits) throws IOException {
        long bytes = Files.size(file);
        if (bytes > limits.bytes()) {
            throw new ModelFormatException(where, "has " + bytes + " bytes, more than the limit of " + limits.bytes()
                    + "; raise the limit 'bytes' if you trust the file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            if ((in.read() << 8 | in.read()) != ZIP_MAGIC) {
                throw new ModelFormatException(where, "not a zip file, as " + kind.noun()
                        + " is; check that it is the right file and whole");
            }
        }
    }

    private static ZipFile open(Path file, FileChannel channel, String where) throws IOException {
        try {
            return new ZipFile(file.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException e) {
            if (String.valueOf(e.getMessage()).contains("encrypted")) {
                throw ZipLayout.encrypted(new ZipLayout(channel, where).firstEncrypted());
            }
            throw e;
        } catch (IllegalArgumentException e) {
            throw damaged(where, "an entry has a name that is not UTF-8", e);
        }
    }

    private void list() throws ModelFormatException {
        if (zip.size() > kind.mostEntries()) {
            throw new ModelFormatException(where, "has " + zip.size() + " entries; " + kind.noun() + " has fewer than "
                    + kind.mostEntries() + ": this is another kind of file");
        }
        Enumeration<? extends ZipEntry> list = zip.entries();
        while (list.hasMoreElements()) {
            ZipEntry entry = list.nextElement();
            String name = entry.getName();
            if (!kind.folders() && (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0)) {
                throw new ModelFormatException(place(name), "has a folder in its name, which no entry of "
                        + kind.noun() + " has; check that this is " + kind.noun() + ", unchanged");
            }
            if (CLIMBS.matcher(name).matches()) {
                throw new ModelFormatException(place(name), "has a name that leads out of the archive, which no entry "
                        + "of " + kind.noun() + " has; do not use this file");
            }
            if (entries.putIfAbsent(name, entry) != null) {
                throw new ModelFormatException(place(name), "is there twice; write the model again");
            }
        }
    }

    /// {@return what errors call the file}
    public String where() {
        return where;
    }

    /// {@return what errors call an entry}
    public String place(String name) {
        return where + ": entry " + quote(name);
    }

    /// {@return the names of all entries, in the order of the directory}
    public Set<String> names() {
        return entries.keySet();
    }

    /// {@return whether there is such an entry}
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /// {@return the size of an entry once unpacked, in bytes}
    ///
    /// @throws ModelFormatException if there is no such entry
    public long size(String name) throws ModelFormatException {
        return require(name).getSize();
    }

    /// {@return an entry}
    ///
    /// @throws ModelFormatException if there is none
    ZipEntry require(String name) throws ModelFormatException {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw new ModelFormatException(place(name), "is missing; write the model again");
        }
        return entry;
    }

    /// Throws if all entries together unpack to more than the limit.
    public void requireTotal() throws ModelFormatException {
        long total = 0;
        for (ZipEntry entry : entries.values()) {
            if (entry.getSize() > limits.bytes() - total) {
                throw new ModelFormatException(place(entry.getName()), "brings the unpacked size over the limit of "
                        + limits.bytes() + " bytes; raise the limit 'bytes' if you trust the file");
            }
            total += entry.getSize();
        }
    }

    /// Throws unless an entry is there and stored without compression.
    public void requireStored(String name) throws ModelFormatException {
        ZipEntry entry = require(name);
        if (entry.getMethod() != ZipEntry.STORED) {
            throw new ModelFormatException(place(name), "is compressed; expected it stored: zip it with no compression "
                    + "(zip -0)");
        }
        if (entry.getSize() != entry.getCompressedSize()) {
            throw damaged(place(name), "two sizes for a stored entry");
        }
    }

    /// {@return an entry that holds one JSON object}
    ///
    /// @throws ModelFormatException if it is missing, unsound, too large or not one JSON object
    public ObjectNode json(String name) throws IOException {
        return Json.read(bytes(name, limits.jsonBytes(), "jsonBytes"), place(name));
    }

    /// {@return an entry that holds text in UTF-8}
    ///
    /// @throws ModelFormatException if it is missing, unsound, too large or not UTF-8
    public String text(String name) throws IOException {
        return Json.decode(bytes(name, limits.textBytes(), "textBytes"), place(name));
    }

    /// {@return all bytes of an entry, with its checksum checked}
    ///
    /// @param most how many there may be
    /// @param limit the limit that says so, for errors
    /// @throws ModelFormatException if it is missing, unsound or too large
    public byte[] bytes(String name, int most, String limit) throws IOException {
        long size = size(name);
        if (size > most) {
            throw new ModelFormatException(place(name), "has " + size + " bytes, more than the limit of " + most
                    + "; raise the limit '" + limit + "' if you trust the file");
        }
        return read(name, in -> {
            byte[] bytes = in.readNBytes((int) size);
            requireSize(name, bytes.length, in);
            return bytes;
        });
    }

    /// Copies an entry to a stream.
    ///
    /// @throws ModelFormatException if the entry is missing or unsound
    /// @throws IOException if `out` fails
    public void copy(String name, OutputStream out) throws IOException {
        long size = size(name);
        read(name, in -> {
            byte[] buffer = new byte[1 << 16];
            long copied = 0;
            while (copied < size) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, size - copied));
                if (count < 0) {
                    break;
                }
                out.write(buffer, 0, count);
                copied += count;
            }
            requireSize(name, copied, in);
            return copied;
        });
    }

    private void requireSize(String name, long found, InputStream rest) throws IOException {
        if (found < size(name) || rest.read() >= 0) {
            throw damaged(place(name), "does not unpack to the " + size(name) + " bytes that the zip directory states");
        }
    }

    /// Reads an entry and checks its checksum.
    ///
    /// @param reader reads all of it
    /// @throws ModelFormatException if the entry is missing or unsound
    /// @throws IOException if `reader` fails
    public <T> T read(String name, Reader<T> reader) throws IOException {
        ZipEntry entry = require(name);
        String place = place(name);
        long size = entry.getSize();
        if (size > RATIO_MATTERS_BYTES && size / limits.ratio() > entry.getCompressedSize()) {
            throw new ModelFormatException(place,
                    "unpacks from " + entry.getCompressedSize() + " to " + size + " bytes, more than "
                            + limits.ratio() + " for one; raise the limit 'ratio' if you trust the file");
        }
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
            T read = reader.read(in);
            if (crc.getValue() != entry.getCrc()) {
                throw damaged(place, "its checksum is " + Long.toHexString(crc.getValue()) + ", expected "
                        + Long.toHexString(entry.getCrc()));
            }
            return read;
        } catch (ModelFormatException e) {
            throw e;
        } catch (ZipException | EOFException e) {
            throw damaged(place, "cannot be unpacked (" + e.getMessage() + ")", e);
        }
    }

    /// {@return a stream of a stored entry for reading a part of it, whose checksum nobody checks}
    ///
    /// @param from how many bytes to pass over
    /// @throws ModelFormatException if it is missing or not stored
    public InputStream part(String name, long from) throws IOException {
        requireStored(name);
        try {
            InputStream in = zip.getInputStream(require(name));
            in.skipNBytes(from);
            return in;
        } catch (ZipException | EOFException e) {
            throw damaged(place(name), "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
