package dev.rondo.interop.keras;

import dev.rondo.infer.TensorRun;
import dev.rondo.io.Archive;
import dev.rondo.io.Limits;
import dev.rondo.io.Safetensors;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// The models among the test resources, with what Keras computed with them.
final class KerasFiles {
    private static final String FOLDER = "/keras/";

    private KerasFiles() {}

    static List<String> names(String index) {
        return new String(bytes(index), StandardCharsets.UTF_8).lines().toList();
    }

    static KerasModel read(String name, Path folder) throws IOException {
        for (String ending : List.of(".keras", ".h5.gz", ".weights.h5.gz")) {
            if (KerasFiles.class.getResource(FOLDER + name + ending) != null) {
                Path file = file(name + ending, folder);
                return ending.startsWith(".weights")
                        ? KerasModel.read(file, file(name + ".json", folder), Limits.defaults())
                        : KerasModel.read(file);
            }
        }
        throw new AssertionError("no file of " + name);
    }

    /// A resource as a file, unpacked if its name ends in `.gz`.
    static Path file(String resource, Path folder) throws IOException {
        byte[] bytes = bytes(resource);
        if (resource.endsWith(".gz")) {
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                bytes = in.readAllBytes();
            }
        }
        return Files.write(folder.resolve(resource.substring(resource.lastIndexOf('/') + 1).replace(".gz", "")), bytes);
    }

    static byte[] bytes(String resource) {
        try (InputStream in = KerasFiles.class.getResourceAsStream(FOLDER + resource)) {
            return Objects.requireNonNull(in, () -> "no resource " + resource).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Archive tensors(String name) throws IOException {
        byte[] bytes = bytes(name + ".safetensors");
        return Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, name, Limits.defaults());
    }

    /// All tensors whose names are `prefix_0`, `prefix_1`, ..., whole numbers as floats.
    static List<Tensor> all(Archive archive, String prefix) {
        List<Tensor> all = new ArrayList<>();
        Tensor next;
        while ((next = tensor(archive, prefix + "_" + all.size())) != null) {
            all.add(next);
        }
        return all;
    }

    private static @Nullable Tensor tensor(Archive archive, String name) {
        IntTensor ints = archive.ints().get(name);
        if (ints == null) {
            return archive.tensors().get(name);
        }
        float[] values = new float[ints.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ints.data()[i];
        }
        return Tensor.of(values, ints.shape());
    }

    static List<Signature> inputs(Model model) {
        return switch (model) {
            case Sequential stack -> List.of(stack.input());
            case Graph graph -> graph.inputs();
            default -> throw new AssertionError(model);
        };
    }

    static List<Tensor> run(Model model, List<Tensor> inputs) {
        return TensorRun.of(model, inputs(model)).run(inputs);
    }
}
