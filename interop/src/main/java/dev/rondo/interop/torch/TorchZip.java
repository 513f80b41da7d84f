package dev.rondo.interop.torch;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.torch.PickleValue.Storage;
import dev.rondo.interop.torch.PickleValue.StoredTensor;
import dev.rondo.io.Dtype;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// The zip file that torch.save writes: `name/data.pkl` says what there is, `name/data/0`, `name/data/1`, ... hold the numbers,
/// `name/byteorder` their order of bytes.
///
/// All entries are stored and not compressed, so that nothing unpacks to more than the file has.
final class TorchZip implements Closeable {
    private static final String PICKLE = "/data.pkl";
    private static final int BUFFER_BYTES = 1 << 16;

    /// How many bytes of memory the tensors may take for one of the file; views of a shared storage count each.
    private static final int MOST_GROWTH = 16;
    private static final int FEW_BYTES = 1 << 20;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final String file;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries = new HashMap<>();
    private final String root;
    private final ByteOrder order;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long room;

    private TorchZip(String file, ZipFile zip, long bytes, Limits limits) throws IOException {
        this.file = file;
        this.zip = zip;
        room = Math.max(FEW_BYTES, Math.min(bytes * MOST_GROWTH, Runtime.getRuntime().maxMemory()));
        root = list(bytes, limits);
        order = byteOrder();
    }

    /// Opens a file and looks through its directory.
    static TorchZip open(Path path, Limits limits) throws IOException {
        String file = path.toString();
        long bytes = Files.size(path);
        if (bytes > limits.bytes()) {
            throw new ModelFormatException(file, "has " + bytes + " bytes, more than the limit of " + limits.bytes()
                    + "; raise the limit 'bytes' if you trust the file");
        }
        ZipFile zip;
        try {
            zip = new ZipFile(path.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException | IllegalArgumentException e) {
            throw damaged(file, "not a readable zip file (" + e.getMessage() + ")", e);
        }
        try {
            return new TorchZip(file, zip, bytes, limits);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /// Lists and checks the entries, and finds the folder that all are in.
    private String list(long bytes, Limits limits) throws IOException {
        if (zip.size() > limits.tensors()) {
            throw new ModelFormatException(file, "has " + zip.size() + " entries, more than the limit of "
                    + limits.tensors() + "; raise the limit 'tensors' if you trust the file");
        }
        long total = 0;
        String found = null;
        Enumeration<? extends ZipEntry> list = zip.entries();
        while (list.hasMoreElements()) {
            ZipEntry entry = list.nextElement();
            String name = entry.getName();
            requireInside(name);
            if (entries.putIfAbsent(name, entry) != null) {
                throw damaged(place(name), "is there twice", null);
            }
            if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
                throw new ModelFormatException(place(name),
                        "is compressed, which torch.save never does; save the file again with torch.save");
            }
            total += entry.getSize();
            if (entry.getSize() < 0 || total > bytes) {
                throw damaged(place(name), "with the entries before it has more bytes than the file: they overlap",
                        null);
            }
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                found = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (found == null) {
            throw new ModelFormatException(file, "a zip file without the entry NAME" + PICKLE
                    + " that torch.save writes; check that it is the right file");
        }
        if (entries.containsKey(found + "/constants.pkl")) {
            throw new ModelFormatException(place(found + "/constants.pkl"), "shows that this is a TorchScript program, "
                    + "which Rondo does not run; save the weights alone: torch.save(model.state_dict(), file)");
        }
        return found;
    }

    private void requireInside(String name) throws ModelFormatException {
        boolean climbs = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0
                || ("/" + name + "/").contains("/../");
        if (climbs) {
            throw new ModelFormatException(place(name),
                    "has a name that leads out of the archive; do not trust this file");
        }
    }

    private ByteOrder byteOrder() throws IOException {
        String name = root + "/byteorder";
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        String text = new String(bytes(entry, 16), StandardCharsets.UTF_8).strip();
        return switch (text) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new ModelFormatException(place(name), "is " + quote(text) + "; expected little or big");
        };
    }

    /// What `data.pkl` holds.
    PickleValue pickle(Limits limits) throws IOException {
        ZipEntry entry = entry(root + PICKLE);
        return PickleReader.read(bytes(entry, limits.jsonBytes()), place(entry.getName()));
    }

    private byte[] bytes(ZipEntry entry, int most) throws IOException {
        if (entry.getSize() > most) {
            throw new ModelFormatException(place(entry.getName()), "has " + entry.getSize()
                    + " bytes, more than the limit of " + most + "; raise the limit 'jsonBytes' if you trust the file");
        }
        try (InputStream in = stream(entry)) {
            byte[] bytes = in.readNBytes((int) entry.getSize());
            CRC32 crc = new CRC32();
            crc.update(bytes);
            if (bytes.length != entry.getSize() || crc.getValue() != entry.getCrc()) {
                throw damaged(place(entry.getName()), "its checksum is " + Long.toHexString(crc.getValue())
                        + ", expected " + Long.toHexString(entry.getCrc()), null);
            }
            return bytes;
        }
    }

    /// Reads a tensor of real numbers.
    ///
    /// @param name the tensor's name, for errors
    Tensor reals(StoredTensor tensor, String name) throws IOException {
        float[] data = new float[reserve(tensor, name)];
        float[] span = contiguous(tensor) ? data : new float[reserveSpan(tensor, data.length, name)];
        read(tensor, span.length, name, (from, start, count) -> dtype(tensor).decode(from, span, start, count));
        if (span != data) {
            gather(tensor, (to, from) -> data[to] = span[from]);
        }
        return Tensor.of(data, tensor.shape());
    }

    /// Reads a tensor of whole numbers.
    ///
    /// @param name the tensor's name, for errors
    IntTensor wholes(StoredTensor tensor, String name) throws IOException {
        int[] data = new int[reserve(tensor, name)];
        int[] span = contiguous(tensor) ? data : new int[reserveSpan(tensor, data.length, name)];
        read(tensor, span.length, name, (from, start, count) -> dtype(tensor).decode(from, span, start, count));
        if (span != data) {
            gather(tensor, (to, from) -> data[to] = span[from]);
        }
        return IntTensor.of(data, tensor.shape());
    }

    private static Dtype dtype(StoredTensor tensor) {
        return tensor.storage().type().dtype();
    }

    private interface Decoder {
        void decode(ByteBuffer from, int start, int count);
    }

    private interface Move {
        void move(int to, int from);
    }

    /// Decodes the numbers from a tensor's offset on.
    private void read(StoredTensor tensor, int count, String name, Decoder decoder) throws IOException {
        ZipEntry entry = storage(tensor.storage());
        Dtype dtype = dtype(tensor);
        ByteBuffer numbers = ByteBuffer.wrap(buffer).order(order);
        boolean whole = count == tensor.storage().size();
        CRC32 crc = new CRC32();
        try (InputStream in = stream(entry)) {
            in.skipNBytes(tensor.offset() * dtype.bytes());
            for (int start = 0; start < count;) {
                int some = Math.min(count - start, BUFFER_BYTES / dtype.bytes());
                int bytes = some * dtype.bytes();
                if (in.readNBytes(buffer, 0, bytes) < bytes) {
                    throw damaged(place(entry.getName()), "ends too early", null);
                }
                crc.update(buffer, 0, bytes);
                decoder.decode(numbers, start, some);
                start += some;
            }
        } catch (ArithmeticException e) {
            throw new ModelFormatException(place(entry.getName()), "tensor " + quote(name) + ": " + e.getMessage()
                    + "; store it as float32 or int32", e);
        }
        if (whole && crc.getValue() != entry.getCrc()) {
            throw damaged(place(entry.getName()), "its checksum is " + Long.toHexString(crc.getValue())
                    + ", expected " + Long.toHexString(entry.getCrc()), null);
        }
    }

    private ZipEntry storage(Storage storage) throws ModelFormatException {
        ZipEntry entry = entry(root + "/data/" + storage.key());
        int width = storage.type().dtype().bytes();
        if (entry.getSize() % width != 0 || entry.getSize() / width != storage.size()) {
            throw damaged(place(entry.getName()), "has " + entry.getSize() + " bytes; expected " + storage.size()
                    + " numbers of " + width, null);
        }
        return entry;
    }

    /// Counts a tensor's memory against what the file may take, once its storage is known to be there.
    private int reserve(StoredTensor tensor, String name) throws ModelFormatException {
        storage(tensor.storage());
        long count = 1;
        for (int size : tensor.shape()) {
            count *= size;
        }
        return reserve(count, name);
    }

    /// The numbers from a tensor's first to its last, which are read and let go again.

    private int reserveSpan(StoredTensor tensor, int count, String name) throws ModelFormatException {
        long span = count == 0 ? 0 : 1;
        for (int i = 0; i < tensor.shape().length && count > 0; i++) {
            span += (tensor.shape()[i] - 1) * tensor.strides()[i];
        }
        int size = reserve(span, name);
        room += span * Float.BYTES;
        return size;
    }

    private int reserve(long count, String name) throws ModelFormatException {
        if (count > Math.min(room / Float.BYTES, LARGEST_ARRAY)) {
            throw new ModelFormatException(file, "tensor " + quote(name) + " of " + count
                    + " numbers is more than the file's size or the memory of the JVM allows; start it with a larger -Xmx"
                    + " if you trust the file");
        }
        room -= count * Float.BYTES;
        return Math.toIntExact(count);
    }

    private static boolean contiguous(StoredTensor tensor) {
        long expected = 1;
        for (int i = tensor.shape().length - 1; i >= 0; i--) {
            if (tensor.shape()[i] == 0) {
                return true;
            }
            if (tensor.shape()[i] > 1 && tensor.strides()[i] != expected) {
                return false;
            }
            expected *= tensor.shape()[i];
        }
        return true;
    }

    /// Visits the numbers of a tensor in the order of its axes, with their places from its first number on.
    private static void gather(StoredTensor tensor, Move move) {
        int axes = tensor.shape().length;
        int[] index = new int[axes];
        int to = 0;
        int from = 0;
        while (true) {
            move.move(to++, from);
            int axis = axes - 1;
            while (axis >= 0 && ++index[axis] == tensor.shape()[axis]) {
                from -= (int) (tensor.strides()[axis] * (index[axis] - 1));
                index[axis--] = 0;
            }
            if (axis < 0) {
                return;
            }
            from += (int) tensor.strides()[axis];
        }
    }

    private InputStream stream(ZipEntry entry) throws IOException {
        try {
            return zip.getInputStream(entry);
        } catch (ZipException e) {
            throw damaged(place(entry.getName()), "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private ZipEntry entry(String name) throws ModelFormatException {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw damaged(place(name), "is missing", null);
        }
        return entry;
    }

    /// The place of `data.pkl`, for errors.
    String pickleName() {
        return place(root + PICKLE);
    }

    private String place(String name) {
        return file + ": entry " + quote(name);
    }

    private static ModelFormatException damaged(String place, String problem, @Nullable Exception cause) {
        return new ModelFormatException(place, problem + "; the file is damaged: copy or download it again", cause);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
