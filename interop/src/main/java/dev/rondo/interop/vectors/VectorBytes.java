package dev.rondo.interop.vectors;

import dev.rondo.io.ModelFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// The bytes of a file of word vectors, unpacked where they are gzip, with a look ahead.
final class VectorBytes {
    private static final int BUFFER_BYTES = 1 << 17;
    private static final int LONGEST_LINE = 1 << 24;

    private final InputStream in;
    private final String file;
    private final long most;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private long taken;

    private VectorBytes(InputStream in, String file, long most) {
        this.in = in;
        this.file = file;
        this.most = most;
    }

    /// Begins to read.
    ///
    /// @param in the file, which the caller closes
    /// @param file its name, for errors
    /// @param most how many bytes there may be once unpacked
    static VectorBytes of(InputStream in, String file, long most) throws IOException {
        VectorBytes stored = new VectorBytes(in, file, most);
        stored.ahead(2);
        boolean gzip = stored.end >= 2 && stored.buffer[0] == 0x1F && stored.buffer[1] == (byte) 0x8B;
        return gzip ? new VectorBytes(stored.unpacked(), file, most) : stored;
    }

    private InputStream unpacked() throws IOException {
        InputStream rest = new InputStream() {
            @Override
            public int read() throws IOException {
                return ahead(1) == 0 ? -1 : Byte.toUnsignedInt(buffer[start++]);
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int count = Math.min(length, ahead(1));
                System.arraycopy(buffer, start, to, offset, count);
                start += count;
                return count == 0 && length > 0 ? -1 : count;
            }

            @Override
            public int available() throws IOException {
                return ahead(1);
            }
        };
        try {
            return new GZIPInputStream(rest, BUFFER_BYTES);
        } catch (ZipException | EOFException e) {
            throw damaged(e);
        }
    }

    /// Fills the buffer so that so many bytes are there, or all that are left.
    ///
    /// @return how many are there, perhaps more
    int ahead(int wanted) throws IOException {
        while (end - start < wanted) {
            if (buffer.length - start < wanted) {
                byte[] next = wanted > buffer.length ? new byte[Math.max(wanted, 2 * buffer.length)] : buffer;
                System.arraycopy(buffer, start, next, 0, end - start);
                buffer = next;
                end -= start;
                start = 0;
            }
            int count;
            try {
                count = in.read(buffer, end, buffer.length - end);
            } catch (ZipException | EOFException e) {
                throw damaged(e);
            }
            if (count < 0) {
                break;
            }
            taken += count;
            if (taken > most) {
                throw new ModelFormatException(file, "has more than " + most
                        + " bytes once unpacked; raise the limit 'bytes' if you trust the file");
            }
            end += count;
        }
        return end - start;
    }

    private ModelFormatException damaged(IOException e) {
        return new ModelFormatException(file, "cannot be unpacked ("
                + (e.getMessage() == null ? "it ends too early" : e.getMessage())
                + "); the file is damaged: copy or download it again", e);
    }

    /// How many bytes there are up to a byte, of which at most so many are looked at.
    ///
    /// @return the number, or -1 if the byte is not among them
    int distance(byte wanted, int most) throws IOException {
        int seen = 0;
        while (true) {
            int there = Math.min(ahead(Math.min(seen + 1, most)), most);
            for (; seen < there; seen++) {
                if (buffer[start + seen] == wanted) {
                    return seen;
                }
            }
            if (seen >= most || ahead(seen + 1) == seen) {
                return -1;
            }
        }
    }

    /// A byte that lies ahead.
    byte peek(int index) {
        return buffer[start + index];
    }

    /// The next line without its end, or as many bytes as are left.
    ///
    /// @param number of the line, for errors
    byte[] line(long number) throws IOException {
        int length = distance((byte) '\n', LONGEST_LINE);
        if (length < 0) {
            int rest = ahead(LONGEST_LINE);
            if (rest >= LONGEST_LINE) {
                throw new ModelFormatException(file + ": line " + number, "has more than " + LONGEST_LINE
                        + " bytes; is this a file of word vectors?");
            }
            return take(rest);
        }
        byte[] line = take(length);
        start++;
        return length > 0 && line[length - 1] == '\r' ? Arrays.copyOf(line, length - 1) : line;
    }

    /// Takes bytes that are there.
    byte[] take(int count) {
        byte[] bytes = Arrays.copyOfRange(buffer, start, start + count);
        start += count;
        return bytes;
    }

    /// Passes over bytes that are there.
    void skip(int count) {
        start += count;
    }

    /// Float32 numbers from bytes that are there.
    void floats(float[] to) {
        ByteBuffer.wrap(buffer, start, Float.BYTES * to.length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(to);
    }

    boolean atEnd() throws IOException {
        return ahead(1) == 0;
    }
}
