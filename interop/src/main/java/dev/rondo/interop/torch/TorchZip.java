package dev.rondo.interop.torch;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.torch.PickleValue.Storage;
import dev.rondo.interop.torch.PickleValue.StoredTensor;
import dev.rondo.io.Dtype;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.ZipInput;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// The zip file that torch.save writes: `name/data.pkl` says what there is, `name/data/0`, `name/data/1`, ... hold the numbers,
/// `name/byteorder` their order of bytes.
///
/// All entries are stored and not compressed, so that nothing unpacks to more than the file has.
final class TorchZip implements Closeable {
    private static final String PICKLE = "/data.pkl";
    private static final String STORAGES = "/data/";
    private static final int BUFFER_BYTES = 1 << 16;

    /// How many bytes of memory the tensors may take for one of the file: views of a shared storage count each.
    private static final int MOST_GROWTH = 16;
    private static final int FEW_BYTES = 1 << 20;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final ZipInput zip;
    private final String root;
    private final ByteOrder order;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    /// Bytes of memory that tensors may still take, and numbers between those of strided tensors that may still be read.
    private long room;
    private long reading;

    private TorchZip(ZipInput zip, long bytes) throws IOException {
        this.zip = zip;
        reading = Math.max(FEW_BYTES, bytes * MOST_GROWTH);
        room = Math.min(reading, Runtime.getRuntime().maxMemory());
        root = root();
        order = byteOrder();
    }

    /// Opens a file and looks through its directory.
    static TorchZip open(Path path, Limits limits) throws IOException {
        ZipInput zip = ZipInput.open(path, new ZipInput.Kind("a file of torch.save", limits.tensors(), true), limits);
        try {
            return new TorchZip(zip, Files.size(path));
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /// Checks the entries, and finds the folder that all are in.
    private String root() throws IOException {
        String found = null;
        for (String name : zip.names()) {
            zip.requireStored(name);
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                found = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (found == null) {
            throw new ModelFormatException(zip.where(), "a zip file without the entry NAME" + PICKLE
                    + " that torch.save writes; check that it is the right file");
        }
        String program = found + "/constants.pkl";
        if (zip.has(program)) {
            throw new ModelFormatException(zip.place(program), "shows that this is a TorchScript program, "
                    + "which Rondo does not run; save the weights alone: torch.save(model.state_dict(), file)");
        }
        return found;
    }

    private ByteOrder byteOrder() throws IOException {
        String name = root + "/byteorder";
        if (!zip.has(name)) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        String text = zip.text(name).strip();
        return switch (text) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default ->
                throw new ModelFormatException(zip.place(name), "is " + quote(text) + "; expected little or big");
        };
    }

    /// What `data.pkl` holds.
    PickleValue pickle(Limits limits) throws IOException {
        String name = root + PICKLE;
        return PickleReader.read(zip.bytes(name, limits.jsonBytes(), "jsonBytes"), zip.place(name));
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
        String entry = storage(tensor.storage());
        try {
            if (count == tensor.storage().size()) {
                zip.read(entry, in -> decode(in, tensor, count, decoder));
            } else {
                try (InputStream in = zip.part(entry, tensor.offset() * dtype(tensor).bytes())) {
                    decode(in, tensor, count, decoder);
                }
            }
        } catch (ArithmeticException e) {
            throw new ModelFormatException(zip.place(entry), "tensor " + quote(name) + ": " + e.getMessage()
                    + "; store it as float32 or int32", e);
        }
    }

    private int decode(InputStream in, StoredTensor tensor, int count, Decoder decoder) throws IOException {
        int width = dtype(tensor).bytes();
        ByteBuffer numbers = ByteBuffer.wrap(buffer).order(order);
        for (int start = 0; start < count;) {
            int some = Math.min(count - start, BUFFER_BYTES / width);
            if (in.readNBytes(buffer, 0, some * width) < some * width) {
                throw damaged(zip.place(root + STORAGES + tensor.storage().key()), "ends too early");
            }
            decoder.decode(numbers, start, some);
            start += some;
        }
        return count;
    }

    /// The entry of a storage, known to have its size.
    private String storage(Storage storage) throws ModelFormatException {
        String entry = root + STORAGES + storage.key();
        long bytes = zip.size(entry);
        int width = storage.type().dtype().bytes();
        if (bytes % width != 0 || bytes / width != storage.size()) {
            throw damaged(zip.place(entry), "has " + bytes + " bytes; expected " + storage.size() + " numbers of "
                    + width);
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
        reading -= span;
        if (reading < 0) {
            throw new ModelFormatException(zip.where(), "tensor " + quote(name)
                    + " and others are strewn over storages of "
                    + "so many numbers that reading them would take hours; call contiguous() before saving them");
        }
        int size = reserve(span, name);
        room += span * Float.BYTES;
        return size;
    }

    private int reserve(long count, String name) throws ModelFormatException {
        if (count > Math.min(room / Float.BYTES, LARGEST_ARRAY)) {
            throw new ModelFormatException(zip.where(), "tensor " + quote(name) + " of " + count
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

    /// The place of `data.pkl`, for errors.
    String picklePlace() {
        return zip.place(root + PICKLE);
    }

    private static ModelFormatException damaged(String place, String problem) {
        return new ModelFormatException(place, problem + "; the file is damaged: copy or download it again");
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
