package dev.rondo.interop.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes pickles instruction by instruction, also such as no Python writes, and the zip files around them.
final class PickleBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static PickleBytes protocol(int number) {
        return new PickleBytes().raw(0x80, number);
    }

    PickleBytes raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    /// Instructions of one letter, such as `}(u.`.
    PickleBytes ops(String letters) {
        out.writeBytes(letters.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleBytes text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ops("X").int32(bytes.length).raw(bytes);
    }

    PickleBytes global(String module, String name) {
        return ops("c" + module + "\n" + name + "\n");
    }

    PickleBytes whole(long value) {
        out.writeBytes(ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x8a).put((byte) 8)
                .putLong(value).array());
        return this;
    }

    PickleBytes int32(int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        return this;
    }

    PickleBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())`
    PickleBytes tensor(String key, long storageSize, long offset, long[] size, long[] stride) {
        global("torch._utils", "_rebuild_tensor_v2").ops("((").text("storage").global("torch", "FloatStorage").text(key)
                .text("cpu").whole(storageSize).ops("tQ").whole(offset).ops("(");
        for (long s : size) {
            whole(s);
        }
        ops("t(");
        for (long s : stride) {
            whole(s);
        }
        return ops("t").raw(0x89).global("collections", "OrderedDict").ops(")RtR");
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /// Writes the pickle and a storage `0` of zeros as torch.save would.
    Path save(Path folder, int numbers) throws IOException {
        Path file = folder.resolve("hostile.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "m/data.pkl", bytes());
            entry(zip, "m/byteorder", "little".getBytes(StandardCharsets.UTF_8));
            entry(zip, "m/data/0", new byte[4 * numbers]);
        }
        return file;
    }

    static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        ((OutputStream) zip).write(bytes);
        zip.closeEntry();
    }
}
