package dev.rondo.interop.keras;

import dev.rondo.io.Archive;
import dev.rondo.io.AtomicFile;
import dev.rondo.io.Json;
import dev.rondo.io.Safetensors;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.tensor.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.node.ObjectNode;

/// A model for Keras 3.
///
/// ```java
/// KerasExport.of(model).write(Path.of("m.keras"));                  // keras.models.load_model("m.keras")
/// KerasExport.of(model).writeWeights(Path.of("m.safetensors"));     // safetensors.numpy.load_file("m.safetensors")
/// ```
///
/// Keras has padding where Rondo has lengths: a layer that takes no mask there looks at padded steps too. A state that is carried and the
/// name of a task do not go along. Thread-safe while nobody trains the model.
///
/// @param model a [Sequential] or a [Graph]
public record KerasExport(Model model) {
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0);
    /// The version of Keras whose format this is.
    private static final String VERSION = "3.15.1";

    /// @throws IllegalArgumentException if the model is neither a [Sequential] nor a [Graph]
    public KerasExport {
        if (!(model instanceof Sequential || model instanceof Graph)) {
            throw new IllegalArgumentException("a Sequential or a Graph can be exported, not a "
                    + model.getClass().getSimpleName() + "; put its layers into one of them");
        }
    }

    /// The export of a model.
    public static KerasExport of(Model model) {
        return new KerasExport(model);
    }

    /// All weights under Keras's names, `variable.path` without the name of the model: `lstm/lstm_cell/kernel`.
    public SequencedMap<String, Tensor> weights() {
        return KerasWeights.of(model).named();
    }

    /// Writes the weights alone as a safetensors file, in one step: see [AtomicFile].
    ///
    /// @param file the file, replaced if it exists
    /// @throws IOException if writing fails; the file is then as it was
    public void writeWeights(Path file) throws IOException {
        Safetensors.write(file, Archive.of(weights()));
    }

    /// Writes a `.keras` archive in one step: see [AtomicFile].
    ///
    /// @param file the file, replaced if it exists
    /// @throws IllegalArgumentException if Keras has not a layer or an option; the message names it
    /// @throws IOException if writing fails; the file is then as it was
    public void write(Path file) throws IOException {
        ObjectNode config = switch (model) {
            case Sequential stack -> KerasConfig.of(stack);
            case Graph graph -> {
                MaskFlow.requireAsKeras(graph);
                yield KerasConfig.of("functional", graph);
            }
            default -> throw new AssertionError(model);
        };
        ObjectNode metadata = Json.mapper().createObjectNode().put("keras_version", VERSION);
        Path weights = Files.createTempFile("rondo-keras-", ".h5");
        try {
            writeHdf(weights);
            AtomicFile.write(file, out -> {
                try (ZipOutputStream zip = new ZipOutputStream(out)) {
                    entry(zip, "metadata.json", Json.write(metadata));
                    entry(zip, "config.json", Json.write(config));
                    stored(zip, "model.weights.h5", weights);
                }
            });
        } finally {
            Files.deleteIfExists(weights);
        }
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(DATE);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /// Keras opens the weights inside the archive, for which they must not be compressed.
    private static void stored(ZipOutputStream zip, String name, Path content) throws IOException {
        CRC32 sum = new CRC32();
        try (InputStream in = Files.newInputStream(content);
                OutputStream through = new CheckedOutputStream(OutputStream.nullOutputStream(), sum)) {
            in.transferTo(through);
        }
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(DATE);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(Files.size(content));
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        Files.copy(content, zip);
        zip.closeEntry();
    }

    private void writeHdf(Path file) {
        Map<String, WritableGroup> groups = new HashMap<>();
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            groups.put("", hdf);
            // Groups without arrays are left out: jHDF writes them so that nobody can read the file.
            KerasWeights.of(model).placed().forEach((path, tensor) -> {
                int slash = path.lastIndexOf('/');
                group(groups, path.substring(0, slash)).putDataset(path.substring(slash + 1),
                        KerasWeights.nested(tensor));
            });
        }
    }

    private static WritableGroup group(Map<String, WritableGroup> groups, String path) {
        WritableGroup known = groups.get(path);
        if (known == null) {
            int slash = path.lastIndexOf('/');
            known = group(groups, path.substring(0, Math.max(0, slash))).putGroup(path.substring(slash + 1));
            groups.put(path, known);
        }
        return known;
    }
}
