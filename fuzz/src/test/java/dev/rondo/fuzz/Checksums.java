package dev.rondo.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Writes the right checksums into a zip file, as far as it is one.
final class Checksums {
    private static final int ENTRY = 0x04034b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int DEFLATED = 8;
    private static final int MOST = 1 << 22;

    private Checksums() {}

    /// {@return a copy in which each entry that the directory lists has the checksum of its bytes}
    static byte[] correct(byte[] bytes) {
        byte[] copy = bytes.clone();
        ByteBuffer zip = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        if (copy.length < 4 || zip.getInt(0) != ENTRY) {
            return copy;
        }
        for (int at = 0; at + 46 <= copy.length; at++) {
            if (copy[at] == 'P' && zip.getInt(at) == DIRECTORY) {
                correct(zip, at);
            }
        }
        return copy;
    }

    private static void correct(ByteBuffer zip, int directory) {
        int packed = zip.getInt(directory + 20);
        int entry = zip.getInt(directory + 42);
        if (entry < 0 || entry > zip.limit() - 30 || zip.getInt(entry) != ENTRY) {
            return;
        }
        int start = entry + 30 + Short.toUnsignedInt(zip.getShort(entry + 26))
                + Short.toUnsignedInt(zip.getShort(entry + 28));
        if (packed < 0 || packed > zip.limit() - start) {
            return;
        }
        CRC32 crc = new CRC32();
        if (zip.getShort(directory + 10) == DEFLATED) {
            inflate(zip.array(), start, packed, crc);
        } else {
            crc.update(zip.array(), start, packed);
        }
        zip.putInt(directory + 16, (int) crc.getValue());
        if ((zip.getShort(entry + 6) & 8) == 0) {
            zip.putInt(entry + 14, (int) crc.getValue());
        } else if (start + packed <= zip.limit() - 8) {
            zip.putInt(start + packed + 4, (int) crc.getValue());
        }
    }

    private static void inflate(byte[] bytes, int start, int count, CRC32 crc) {
        byte[] buffer = new byte[1 << 12];
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(bytes, start, count);
            int more;
            while (inflater.getBytesWritten() < MOST && (more = inflater.inflate(buffer)) > 0) {
                crc.update(buffer, 0, more);
            }
        } catch (DataFormatException _) {
            // What came out so far is what the reader finds, too.
        }
    }
}
