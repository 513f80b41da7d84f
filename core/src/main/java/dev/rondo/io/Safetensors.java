package dev.rondo.io;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.SafetensorsHeader.Entry;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Reads and writes safetensors files: named tensors behind a JSON header that says where each one lies.
///
/// ```
/// length of the header   8 bytes, little-endian
/// header                 {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {...}}
/// data                   the tensors back to back, row-major, little-endian
/// ```
///
/// Written are F32 and I32, bit for bit. Read are also F64, F16 and BF16 (to float32, F64 rounded to nearest) and I64,
/// I16, I8, U8 and BOOL (to int32). Memory use is that of the tensors and a buffer of 64 KiB. Stateless and thread-safe.
public final class Safetensors {

    private static final int LENGTH_BYTES = 8;
    private static final int BUFFER_BYTES = 1 << 16;

    private Safetensors() {}

    /// Reads a file within the default limits.
    ///
    /// @param file the file
    /// @return its tensors in the order of the header, and its metadata
    /// @throws ModelFormatException if the file is not a valid safetensors file, or exceeds a limit
    /// @throws IOException          if it cannot be read
    public static Archive read(Path file) throws IOException {
        return read(file, Limits.defaults());
    }

    /// Reads a file.
    ///
    /// @param file   the file
    /// @param limits what the file may make this method hold
    /// @return its tensors in the order of the header, and its metadata
    /// @throws ModelFormatException if the file is not a valid safetensors file, or exceeds a limit
    /// @throws IOException          if it cannot be read
    public static Archive read(Path file, Limits limits) throws IOException {
        InputFile.requireRegular(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                InputStream in = Channels.newInputStream(channel)) {
            return read(in, channel.size(), file.toString(), limits);
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    /// Reads from a stream whose length is known.
    ///
    /// @param in     where from; exactly `length` bytes are read, and it is left open
    /// @param length how many bytes there are
    /// @param name   what to call the source in an error
    /// @param limits what the source may make this method hold
    /// @return its tensors in the order of the header, and its metadata
    /// @throws ModelFormatException if the content is not valid, or exceeds a limit
    /// @throws IOException          if `in` fails
    public static Archive read(InputStream in, long length, String name, Limits limits) throws IOException {
        Objects.requireNonNull(in, "in is null");
        if (length > limits.bytes()) {
            throw new ModelFormatException(name, "has " + length + " bytes, more than the limit of " + limits.bytes()
                    + "; raise the limit 'bytes' if you trust the file");
        }
        if (length < LENGTH_BYTES) {
            throw new ModelFormatException(name, "has " + length + " bytes, too few for a safetensors file; "
                    + "it is cut short or of another kind");
        }
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(in, buffer.array(), LENGTH_BYTES, name + ": header");
        long headerBytes = buffer.getLong(0);
        if (headerBytes < 2 || headerBytes > length - LENGTH_BYTES) {
            throw new ModelFormatException(name + ": header", "claims " + Long.toUnsignedString(headerBytes)
                    + " bytes, but the file has " + (length - LENGTH_BYTES)
                    + " after the first 8; it is cut short or not a safetensors file");
        }
        if (headerBytes > limits.jsonBytes()) {
            throw new ModelFormatException(name + ": header", "has " + headerBytes + " bytes, more than the limit of "
                    + limits.jsonBytes() + "; raise the limit 'jsonBytes' if you trust the file");
        }
        byte[] json = new byte[(int) headerBytes];
        fill(in, json, json.length, name + ": header");
        SafetensorsHeader header = SafetensorsHeader.parse(json, length - LENGTH_BYTES - headerBytes, name, limits);
        requireHeap(header, name);
        return readTensors(in, header, buffer, name);
    }

    /// Writes a file in one step: see [AtomicFile].
    ///
    /// @param file    the file, replaced if it exists
    /// @param archive the tensors and texts
    /// @throws IOException if that fails; the file is then as it was
    public static void write(Path file, Archive archive) throws IOException {
        AtomicFile.write(file, out -> write(out, archive));
    }

    /// Writes to a stream.
    ///
    /// @param out     where to; left open, not flushed
    /// @param archive the tensors and texts
    /// @throws IOException if `out` fails
    public static void write(OutputStream out, Archive archive) throws IOException {
        byte[] header = SafetensorsHeader.encode(archive);
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, header.length);
        out.write(buffer.array(), 0, LENGTH_BYTES);
        out.write(header);
        for (Tensor tensor : archive.tensors().values()) {
            int start = 0;
            while (start < tensor.size()) {
                int count = Math.min(tensor.size() - start, BUFFER_BYTES / Float.BYTES);
                buffer.asFloatBuffer().put(tensor.data(), start, count);
                out.write(buffer.array(), 0, Float.BYTES * count);
                start += count;
            }
        }
        for (IntTensor tensor : archive.ints().values()) {
            int start = 0;
            while (start < tensor.size()) {
                int count = Math.min(tensor.size() - start, BUFFER_BYTES / Integer.BYTES);
                buffer.asIntBuffer().put(tensor.data(), start, count);
                out.write(buffer.array(), 0, Integer.BYTES * count);
                start += count;
            }
        }
    }

    private static Archive readTensors(InputStream in, SafetensorsHeader header, ByteBuffer buffer, String name)
            throws IOException {
        Map<String, Tensor> reals = new HashMap<>();
        Map<String, IntTensor> wholes = new HashMap<>();
        for (Entry entry : header.byPosition()) {
            String where = name + ": tensor " + quote(entry.name());
            try {
                if (entry.dtype().real()) {
                    reals.put(entry.name(), Tensor.of(readReals(in, entry, buffer, where), entry.shape()));
                } else {
                    wholes.put(entry.name(), IntTensor.of(readWholes(in, entry, buffer, where), entry.shape()));
                }
            } catch (ArithmeticException e) {
                throw new ModelFormatException(where, e.getMessage() + "; store it as F32 or I32", e);
            }
        }
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        LinkedHashMap<String, IntTensor> ints = new LinkedHashMap<>();
        for (Entry entry : header.entries()) {
            if (entry.dtype().real()) {
                tensors.put(entry.name(), Objects.requireNonNull(reals.get(entry.name())));
            } else {
                ints.put(entry.name(), Objects.requireNonNull(wholes.get(entry.name())));
            }
        }
        try {
            return new Archive(tensors, ints, header.metadata());
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(name + ": header", String.valueOf(e.getMessage()), e);
        }
    }

    private static float[] readReals(InputStream in, Entry entry, ByteBuffer buffer, String where) throws IOException {
        float[] data = new float[entry.size()];
        int width = entry.dtype().bytes();
        int start = 0;
        while (start < data.length) {
            int count = Math.min(data.length - start, BUFFER_BYTES / width);
            fill(in, buffer.array(), count * width, where);
            entry.dtype().decode(buffer, data, start, count);
            start += count;
        }
        return data;
    }

    private static int[] readWholes(InputStream in, Entry entry, ByteBuffer buffer, String where) throws IOException {
        int[] data = new int[entry.size()];
        int width = entry.dtype().bytes();
        int start = 0;
        while (start < data.length) {
            int count = Math.min(data.length - start, BUFFER_BYTES / width);
            fill(in, buffer.array(), count * width, where);
            entry.dtype().decode(buffer, data, start, count);
            start += count;
        }
        return data;
    }

    private static void fill(InputStream in, byte[] bytes, int count, String where) throws IOException {
        if (in.readNBytes(bytes, 0, count) < count) {
            throw new ModelFormatException(where, "the data ends too early; the file is cut short: "
                    + "copy or download it again");
        }
    }

    private static void requireHeap(SafetensorsHeader header, String name) throws ModelFormatException {
        long needed = 0;
        for (Entry entry : header.entries()) {
            needed += (long) Float.BYTES * entry.size();
        }
        long most = Runtime.getRuntime().maxMemory();
        if (needed > most) {
            throw new ModelFormatException(name,
                    "its tensors take " + (needed >> 20) + " MiB of memory, but the JVM has "
                            + (most >> 20) + " MiB; start it with a larger -Xmx");
        }
    }
}
