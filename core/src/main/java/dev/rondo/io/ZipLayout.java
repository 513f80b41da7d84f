package dev.rondo.io;

import static dev.rondo.io.ModelFormatException.quote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/// Holds the headers that stand before the entries of a zip file against its directory.
///
/// A zip file says everything twice. Programs that trust different copies see different files, so both must agree, and
/// the entries must lie back to back from the first byte on: then none is hidden and none overlaps another.
final class ZipLayout {

    private static final int ENTRY = 0x04034b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int ENTRY_HEADER_BYTES = 30;
    private static final int ENCRYPTED = 1;
    private static final int SIZES_FOLLOW = 8;
    private static final long IN_EXTRA_FIELD = 0xFFFFFFFFL;

    private final FileChannel channel;
    private final String where;

    ZipLayout(FileChannel channel, String where) {
        this.channel = channel;
        this.where = where;
    }

    /// Checks all entries.
    ///
    /// @param directory the entries of the directory by name
    void requireMatch(Map<String, ZipEntry> directory) throws IOException {
        Map<String, ZipEntry> rest = new HashMap<>(directory);
        long position = 0;
        while (true) {
            ByteBuffer header = read(position, ENTRY_HEADER_BYTES);
            int signature = header.remaining() < Integer.BYTES ? 0 : header.getInt(0);
            if (signature == DIRECTORY || signature == END) {
                break;
            }
            if (signature != ENTRY || header.remaining() < ENTRY_HEADER_BYTES) {
                throw damaged(where, "no entry begins at byte " + position + ", where one should");
            }
            String name = name(header, position);
            ZipEntry entry = rest.remove(name);
            if (entry == null) {
                throw damaged(where + ": entry " + quote(name), "the zip directory does not list it");
            }
            String place = where + ": entry " + quote(name);
            requireSame(header, entry, place);
            position += ENTRY_HEADER_BYTES + unsigned(header, 26) + unsigned(header, 28) + entry.getCompressedSize();
            if ((unsigned(header, 6) & SIZES_FOLLOW) != 0) {
                position += descriptorBytes(position, entry, place);
            }
        }
        if (!rest.isEmpty()) {
            throw damaged(where + ": entry " + quote(rest.keySet().iterator().next()),
                    "the zip directory lists it, but it does not lie where it should");
        }
    }

    /// Finds the first encrypted entry among those that can be walked without the directory.
    ///
    /// @return its place, or that of the file
    String firstEncrypted() throws IOException {
        long position = 0;
        while (true) {
            ByteBuffer header = read(position, ENTRY_HEADER_BYTES);
            if (header.remaining() < ENTRY_HEADER_BYTES || header.getInt(0) != ENTRY) {
                return where;
            }
            int flags = unsigned(header, 6);
            if ((flags & ENCRYPTED) != 0) {
                return where + ": entry " + quote(name(header, position));
            }
            if ((flags & SIZES_FOLLOW) != 0) {
                return where;
            }
            position += ENTRY_HEADER_BYTES + unsigned(header, 26) + unsigned(header, 28) + unsigned32(header, 18);
        }
    }

    private static void requireSame(ByteBuffer header, ZipEntry entry, String place) throws IOException {
        int flags = unsigned(header, 6);
        if ((flags & ENCRYPTED) != 0) {
            throw encrypted(place);
        }
        boolean same = unsigned(header, 8) == entry.getMethod();
        if ((flags & SIZES_FOLLOW) == 0) {
            same &= unsigned32(header, 14) == entry.getCrc()
                    && sameSize(unsigned32(header, 18), entry.getCompressedSize())
                    && sameSize(unsigned32(header, 22), entry.getSize());
        }
        if (!same) {
            throw damaged(place, "its header differs from the zip directory");
        }
    }

    private static boolean sameSize(long size, long expected) {
        return size == expected || size == IN_EXTRA_FIELD;
    }

    /// The sizes after an entry come with or without a signature, in four bytes each or in eight.
    private int descriptorBytes(long position, ZipEntry entry, String place) throws IOException {
        ByteBuffer found = read(position, 24);
        for (boolean signed : new boolean[] {true, false}) {
            for (boolean wide : new boolean[] {false, true}) {
                ByteBuffer expected = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
                if (signed) {
                    expected.putInt(DESCRIPTOR);
                }
                expected.putInt((int) entry.getCrc());
                if (wide) {
                    expected.putLong(entry.getCompressedSize()).putLong(entry.getSize());
                } else {
                    expected.putInt((int) entry.getCompressedSize()).putInt((int) entry.getSize());
                }
                expected.flip();
                int bytes = expected.remaining();
                if (found.remaining() >= bytes && found.slice(0, bytes).equals(expected)) {
                    return bytes;
                }
            }
        }
        throw damaged(place, "the sizes after it differ from the zip directory");
    }

    private String name(ByteBuffer header, long position) throws IOException {
        int bytes = unsigned(header, 26);
        ByteBuffer name = read(position + ENTRY_HEADER_BYTES, bytes);
        return StandardCharsets.UTF_8.decode(name).toString();
    }

    /// Reads up to `count` bytes; fewer at the end of the file.
    private ByteBuffer read(long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position + buffer.position());
            if (read < 0) {
                break;
            }
        }
        return buffer.flip();
    }

    private static int unsigned(ByteBuffer header, int offset) {
        return Short.toUnsignedInt(header.getShort(offset));
    }

    private static long unsigned32(ByteBuffer header, int offset) {
        return Integer.toUnsignedLong(header.getInt(offset));
    }

    static ModelFormatException damaged(String place, String problem) {
        return damaged(place, problem, null);
    }

    static ModelFormatException damaged(String place, String problem, @Nullable Exception cause) {
        return new ModelFormatException(place, problem + "; the file is damaged: copy or download it again", cause);
    }

    static ModelFormatException encrypted(String place) {
        return new ModelFormatException(place,
                "is encrypted, which Rondo does not read; save the model without a password");
    }
}
