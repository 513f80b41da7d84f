package dev.rondo.examples;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.io.Archive;
import dev.rondo.io.Safetensors;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// Data of one's own for the tutorials that leave it open: a safetensors file with `x` `[samples, steps, features]` and `y`
/// `[samples]` or `[samples, outputs]`, such as `safetensors.numpy.save_file({"x": X, "y": y}, "data.safetensors")` writes.
final class Tensors {
    private Tensors() {}

    static Dataset read(String file) throws IOException {
        Archive archive = Safetensors.read(Path.of(file));
        Tensor x = tensor(archive, file, "x");
        Tensor y = tensor(archive, file, "y");
        if (x.rank() != 3 || y.rank() < 1 || y.rank() > 2 || x.dim(0) != y.dim(0)) {
            throw new IllegalArgumentException(
                    file + ": x has shape " + Arrays.toString(x.shape()) + " and y " + Arrays.toString(y.shape())
                            + "; expected [samples, steps, features] and [samples] or [samples, outputs]");
        }
        return new Dataset(new Inputs.Features(rows(x), x.dim(2)), Targets.values(rows(y)));
    }

    private static Tensor tensor(Archive archive, String file, String name) {
        Tensor tensor = archive.tensors().get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    file + ": there is no float tensor \"" + name + "\"; there are " + archive.tensors().keySet());
        }
        return tensor;
    }

    private static float[][] rows(Tensor tensor) {
        int width = tensor.size() / Math.max(tensor.dim(0), 1);
        float[][] rows = new float[tensor.dim(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(tensor.data(), i * width, (i + 1) * width);
        }
        return rows;
    }
}
