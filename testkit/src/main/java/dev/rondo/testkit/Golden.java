package dev.rondo.testkit;

import dev.rondo.io.Archive;
import dev.rondo.io.Limits;
import dev.rondo.io.Safetensors;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// A golden case: the inputs, weights, outputs and gradients that another framework computed, read from one safetensors
/// file on the class path.
///
/// A folder of cases holds `index.txt`, one case's name a line without `.safetensors`. Immutable as long as nobody writes
/// to the tensors, and then safe to share between threads.
public final class Golden {

    private static final String INDEX = "index.txt";
    private static final String SUFFIX = ".safetensors";

    private final String path;
    private final String name;
    private final Archive archive;

    private Golden(String path, String name, Archive archive) {
        this.path = path;
        this.name = name;
        this.archive = archive;
    }

    /// Lists the cases of a folder.
    ///
    /// @param folder a folder on the class path, such as `golden/keras`
    /// @return the names in the order of the folder's `index.txt`
    /// @throws IllegalArgumentException if the class path holds no such index
    /// @throws UncheckedIOException     if the index cannot be read
    public static List<String> cases(String folder) {
        String path = folder + "/" + INDEX;
        String text = new String(bytes(path), StandardCharsets.UTF_8);
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /// Reads one case.
    ///
    /// @param folder a folder on the class path, such as `golden/keras`
    /// @param name   the case's name as [#cases] gives it, such as `lstm_seq`
    /// @return the case
    /// @throws IllegalArgumentException if the class path holds no such file
    /// @throws UncheckedIOException     if the file cannot be read or is not a safetensors file
    public static Golden open(String folder, String name) {
        String path = folder + "/" + name + SUFFIX;
        byte[] bytes = bytes(path);
        try {
            Archive archive = Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, path, Limits.defaults());
            return new Golden(path, name, archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /// Returns the case's name, such as `lstm_seq`.
    ///
    /// @return the name without folder and suffix
    public String name() {
        return name;
    }

    /// Returns what the file says about itself, such as `kind` and `layer`.
    ///
    /// @return the texts by key
    public Map<String, String> metadata() {
        return archive.metadata();
    }

    /// Returns one text of the metadata.
    ///
    /// @param key its key, such as `layer`
    /// @return the text
    /// @throws NoSuchElementException if the file has no such key
    public String text(String key) {
        return require(archive.metadata(), key, "metadata key");
    }

    /// Returns the names of all tensors.
    ///
    /// @return the names of float and of int tensors, in alphabetical order
    public Set<String> names() {
        Set<String> names = new TreeSet<>(archive.tensors().keySet());
        names.addAll(archive.ints().keySet());
        return names;
    }

    /// Says whether the case has a tensor of this name, of either type.
    ///
    /// @param tensor the name, such as `lengths`
    /// @return true if it has
    public boolean has(String tensor) {
        return archive.tensors().containsKey(tensor) || archive.ints().containsKey(tensor);
    }

    /// Returns a tensor of float32 numbers.
    ///
    /// @param tensor the name, such as `w.kernel`
    /// @return the tensor, the same one at each call
    /// @throws NoSuchElementException if the case has no float tensor of this name
    public Tensor tensor(String tensor) {
        return require(archive.tensors(), tensor, "float tensor");
    }

    /// Returns a tensor of int32 numbers.
    ///
    /// @param tensor the name, such as `lengths`
    /// @return the tensor, the same one at each call
    /// @throws NoSuchElementException if the case has no int tensor of this name
    public IntTensor ints(String tensor) {
        return require(archive.ints(), tensor, "int tensor");
    }

    private <T> T require(Map<String, T> map, String key, String what) {
        T value = map.get(key);
        if (value == null) {
            throw new NoSuchElementException(path + ": no " + what + " '" + key + "'; there are " + map.keySet());
        }
        return value;
    }

    private static byte[] bytes(String path) {
        Objects.requireNonNull(path, "path is null");
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? Golden.class.getClassLoader() : context;
        try (InputStream in = loader.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        path + " is not on the class path; check the folder's name, without a "
                                + "leading slash, and that the test resources are built");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        }
    }

    /// Returns the path of the file on the class path.
    @Override
    public String toString() {
        return path;
    }
}
