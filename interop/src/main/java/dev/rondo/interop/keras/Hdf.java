package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.InputFile;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An HDF5 file that may be hostile: groups, texts and arrays of numbers by path.
///
/// The file is mapped and not read: what it claims to have beyond its end is refused by the bounds of the mapping, not by running out of
/// memory. Links, soft or external, are never followed. For one thread.
final class Hdf implements AutoCloseable {
    private static final int DEEPEST = 32;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String where;
    private final HdfFile file;
    private final Arena arena;
    private final Limits limits;
    private final Map<String, Node> nodes = new HashMap<>();

    private Hdf(String where, HdfFile file, Arena arena, Limits limits) {
        this.where = where;
        this.file = file;
        this.arena = arena;
        this.limits = limits;
    }

    /// Opens a file.
    ///
    /// @param where what errors call it
    /// @throws ModelFormatException if it is no HDF5 file, or exceeds a limit
    static Hdf open(Path path, String where, Limits limits) throws IOException {
        InputFile.requireRegular(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return open(channel, where, limits);
        } catch (IOException e) {
            throw InputFile.explain(path, e);
        }
    }

    /// Opens an open file, which may be closed then.
    ///
    /// @param where what errors call it
    /// @throws ModelFormatException if it is no HDF5 file, or exceeds a limit
    static Hdf open(FileChannel channel, String where, Limits limits) throws IOException {
        long bytes = channel.size();
        requireSize(bytes, where, limits);
        Arena arena = Arena.ofConfined();
        try {
            var mapped = channel.map(MapMode.READ_ONLY, 0, bytes, arena).asByteBuffer();
            HdfFile file = guarded(where, () -> HdfFile.fromByteBuffer(mapped));
            return new Hdf(where, file, arena, limits);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// Throws unless an HDF5 file of so many bytes can be opened.
    ///
    /// @param where what errors call it
    /// @throws ModelFormatException if there are too few or too many
    static void requireSize(long bytes, String where, Limits limits) throws ModelFormatException {
        long most = Math.min(limits.bytes(), Integer.MAX_VALUE);
        if (bytes > most) {
            throw new ModelFormatException(where, "has " + bytes + " bytes, more than the limit of " + most
                    + (most == limits.bytes() ? "; raise the limit 'bytes' if you trust the file"
                            : "; save the weights in float16, or split the model"));
        }
        if (bytes < 8) {
            throw new ModelFormatException(where, "has " + bytes + " bytes, too few for an HDF5 file; copy or "
                    + "download it again");
        }
    }

    /// Makes a file readable that holds bfloat16, which HDF5 has no type for: h5py stores it as opaque bytes without a tag, and the library
    /// looks for the tag's end behind the end of the header. As texts of two bytes they can be read; [#floats] knows what they are.
    ///
    /// @param channel a file of ours, which is changed
    static void mendBfloat16(FileChannel channel) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(MapMode.READ_WRITE, 0, channel.size(), arena);
            for (long at = 0; at + 16 <= bytes.byteSize(); at += 8) {
                // a message of type 3 (datatype) with 8 bytes: version 1, class 5 (opaque), no tag, size 2
                if (bytes.get(LONG, at + 8) == 0x2_0000_0015L
                        && (bytes.get(LONG, at) & 0xFF00FFFF_FFFFL) == 0x8_0003L) {
                    bytes.set(ValueLayout.JAVA_BYTE, at + 8, (byte) 0x13);
                }
            }
        }
    }

    /// {@return what errors call a place in the file}
    String place(String path) {
        return where + ": " + quote(path);
    }

    /// {@return whether there is a group or an array at a path}
    boolean has(String path) throws ModelFormatException {
        return find(path) != null;
    }

    /// {@return whether there is a group at a path}
    boolean isGroup(String path) throws ModelFormatException {
        return find(path) instanceof Group;
    }

    /// {@return the names in a group, in the file's order; none if there is no such group}
    List<String> children(String path) throws ModelFormatException {
        if (!(find(path) instanceof Group group)) {
            return List.of();
        }
        List<String> names = new ArrayList<>(guarded(place(path), () -> group.getChildren().keySet()));
        if (names.size() > limits.tensors()) {
            throw new ModelFormatException(place(path), "has " + names.size() + " members, more than the limit of "
                    + limits.tensors() + "; raise the limit 'tensors' if you trust the file");
        }
        return names;
    }

    /// {@return the paths of all arrays under a group}
    List<String> arrays(String path) throws ModelFormatException {
        List<String> found = new ArrayList<>();
        collect(path, 0, found);
        return found;
    }

    private void collect(String path, int depth, List<String> found) throws ModelFormatException {
        if (depth > DEEPEST) {
            throw new ModelFormatException(place(path), "lies deeper than " + DEEPEST
                    + " groups, which no Keras model does; do not use this file");
        }
        for (String name : children(path)) {
            String child = path.isEmpty() ? name : path + "/" + name;
            if (isGroup(child)) {
                collect(child, depth + 1, found);
            } else {
                found.add(child);
                if (found.size() > limits.tensors()) {
                    throw new ModelFormatException(where, "has more than " + limits.tensors()
                            + " arrays; raise the limit 'tensors' if you trust the file");
                }
            }
        }
    }

    private @Nullable Node find(String path) throws ModelFormatException {
        if (path.isEmpty()) {
            return file;
        }
        Node known = nodes.get(path);
        if (known != null) {
            return known;
        }
        Node at = file;
        String reached = "";
        for (String name : path.split("/")) {
            if (!(at instanceof Group group)) {
                return null;
            }
            reached = reached.isEmpty() ? name : reached + "/" + name;
            // A plain map instead of getChild, which reads on where a child is a link.
            Node child = guarded(place(reached), () -> group.getChildren().get(name));
            if (child == null) {
                return null;
            }
            if (child.isLink()) {
                throw new ModelFormatException(place(reached),
                        "is a link, which Keras never writes; do not use this file");
            }
            at = child;
        }
        nodes.put(path, at);
        return at;
    }

    /// {@return the text of an attribute}
    Optional<String> text(String path, String attribute) throws ModelFormatException {
        Object value = attribute(path, attribute);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String text)) {
            throw new ModelFormatException(place(path), "its attribute " + quote(attribute)
                    + " is no text; save the model again with Keras");
        }
        return Optional.of(text);
    }

    /// {@return the texts of an attribute that is a list, which Keras cuts in pieces named `x0`, `x1`, ... where it is long; empty if it
    /// is not there}
    Optional<List<String>> texts(String path, String attribute) throws ModelFormatException {
        Object value = attribute(path, attribute);
        if (value != null) {
            return Optional.of(list(path, attribute, value));
        }
        List<String> all = new ArrayList<>();
        int pieces = 0;
        while ((value = attribute(path, attribute + pieces)) != null) {
            all.addAll(list(path, attribute + pieces, value));
            pieces++;
        }
        return pieces == 0 ? Optional.empty() : Optional.of(all);
    }

    private List<String> list(String path, String attribute, Object value) throws ModelFormatException {
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof String[] texts && Arrays.stream(texts).allMatch(Objects::nonNull)) {
            return List.of(texts);
        }
        if (value instanceof double[] none && none.length == 0) { // how h5py writes an empty list
            return List.of();
        }
        throw new ModelFormatException(place(path), "its attribute " + quote(attribute)
                + " is no list of texts; save the model again with Keras");
    }

    private @Nullable Object attribute(String path, String name) throws ModelFormatException {
        Node node = find(path);
        if (node == null) {
            return null;
        }
        String place = place(path) + ": attribute " + quote(name);
        return guarded(place, () -> {
            Attribute attribute = node.getAttribute(name);
            if (attribute == null) {
                return null;
            }
            if (attribute.isEmpty() || Arrays.equals(attribute.getDimensions(), new int[] {0})) {
                return new double[0];
            }
            if (attribute.getSizeInBytes() > limits.jsonBytes()) {
                throw new IllegalArgumentException("it claims " + attribute.getSizeInBytes() + " bytes");
            }
            return attribute.getData();
        });
    }

    /// {@return the shape of an array}
    ///
    /// @throws ModelFormatException if there is none at that path
    int[] shape(String path) throws ModelFormatException {
        Dataset dataset = dataset(path);
        return guarded(place(path), dataset::getDimensions);
    }

    /// {@return the numbers of an array as float32, row by row}
    ///
    /// @throws ModelFormatException if there is none at that path, it is not of numbers, or it is not all there
    float[] floats(String path) throws ModelFormatException {
        Dataset dataset = dataset(path);
        boolean bfloat16 = "bfloat16".equals(attribute(path, "dtype"));
        return guarded(place(path), () -> HdfNumbers.read(dataset, bfloat16, limits));
    }

    private Dataset dataset(String path) throws ModelFormatException {
        if (!(find(path) instanceof Dataset dataset)) {
            throw new ModelFormatException(place(path),
                    "is missing: the weights belong to another model, or are not all there; save the model again with Keras");
        }
        return dataset;
    }

    /// Runs what the library does with bytes that may be hostile: whatever it throws means that the file is damaged.
    private static <T extends @Nullable Object> T guarded(String place, Supplier<T> action)
            throws ModelFormatException {
        try {
            return action.get();
        } catch (HdfNumbers.Refused e) {
            throw new ModelFormatException(place, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | StackOverflowError | NoClassDefFoundError e) {
            String problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new ModelFormatException(place, "cannot be read as HDF5 (" + problem
                    + "); the file is damaged or of another kind: copy or download it again", e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } finally {
            arena.close();
        }
    }
}
