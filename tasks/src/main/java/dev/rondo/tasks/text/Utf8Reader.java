package dev.rondo.tasks.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipException;

/// Reads UTF-8 strictly and knows the place of the first bad byte, which the JDK's readers do not tell.
///
/// A byte order mark at the beginning is skipped. Faults below, such as a gzip stream that ends early, become one
/// clear line here too, because only here is it known how far reading came.
final class Utf8Reader extends Reader {

    private final InputStream in;
    private final String name;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).limit(0);
    private long bytesBefore;
    private long line = 1;
    private boolean begun;
    private boolean ended;

    Utf8Reader(InputStream in, String name) {
        this.in = in;
        this.name = name;
    }

    /// Whether the stream holds at least one character besides a byte order mark; to be asked before reading.
    boolean isEmpty() {
        fill();
        while (!ended && bytes.remaining() < 3) {
            fill();
        }
        begun = true;
        skipByteOrderMark();
        return !bytes.hasRemaining();
    }

    @Override
    public int read(char[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!begun) {
            isEmpty();
        }
        CharBuffer chars = CharBuffer.wrap(target, offset, length);
        while (true) {
            CoderResult result = decoder.decode(bytes, chars, ended);
            if (result.isError()) {
                countLines(target, offset, chars.position() - offset);
                throw malformed();
            }
            int count = chars.position() - offset;
            if (count > 0 || (result.isOverflow() && !chars.hasRemaining())) {
                countLines(target, offset, count);
                return count;
            }
            if (result.isOverflow()) {
                // A surrogate pair does not fit one char: FastCSV and BufferedReader never ask for so little.
                throw new IllegalArgumentException("length is %d; expected 2 or more".formatted(length));
            }
            if (ended) {
                return -1;
            }
            fill();
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void fill() {
        if (ended) {
            return;
        }
        bytesBefore += bytes.position();
        bytes.compact();
        try {
            int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
            if (count < 0) {
                ended = true;
            } else {
                bytes.position(bytes.position() + count);
            }
        } catch (EOFException e) {
            throw new DataFormatException(
                    "%s: the gzip stream ends early, after %,d bytes of text; the file is truncated: copy or compress it again"
                            .formatted(name, bytesBefore + bytes.position()),
                    e);
        } catch (ZipException e) {
            throw new DataFormatException(
                    "%s: the gzip stream is damaged after %,d bytes of text (%s); copy or compress the file again"
                            .formatted(name, bytesBefore + bytes.position(), e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new DataFormatException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
        } finally {
            bytes.flip();
        }
    }

    private void skipByteOrderMark() {
        int p = bytes.position();
        if (bytes.remaining() >= 3 && bytes.get(p) == (byte) 0xEF && bytes.get(p + 1) == (byte) 0xBB
                && bytes.get(p + 2) == (byte) 0xBF) {
            bytes.position(p + 3);
        } else if (bytes.remaining() >= 2 && isUtf16Mark(bytes.get(p), bytes.get(p + 1))) {
            throw new DataFormatException(
                    "%s: the file is UTF-16, expected UTF-8; convert it: iconv -f UTF-16 -t UTF-8".formatted(name));
        }
    }

    private static boolean isUtf16Mark(byte first, byte second) {
        return (first == (byte) 0xFE && second == (byte) 0xFF) || (first == (byte) 0xFF && second == (byte) 0xFE);
    }

    private void countLines(char[] target, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            if (target[i] == '\n') {
                line++;
            }
        }
    }

    private DataFormatException malformed() {
        return new DataFormatException(("%s: line %d: byte 0x%02X at offset %d is not valid UTF-8; "
                + "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8")
                .formatted(name, line, bytes.get(bytes.position()), bytesBefore + bytes.position()));
    }
}
