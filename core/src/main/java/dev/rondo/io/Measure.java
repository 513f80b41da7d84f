package dev.rondo.io;

import java.io.OutputStream;
import java.util.zip.CRC32;

/// Counts what is written to it and takes its checksum, keeping nothing.
final class Measure extends OutputStream {

    private final CRC32 crc = new CRC32();
    private long bytes;

    @Override
    public void write(int value) {
        crc.update(value);
        bytes++;
    }

    @Override
    public void write(byte[] values, int start, int count) {
        crc.update(values, start, count);
        bytes += count;
    }

    long bytes() {
        return bytes;
    }

    long crc() {
        return crc.getValue();
    }
}
