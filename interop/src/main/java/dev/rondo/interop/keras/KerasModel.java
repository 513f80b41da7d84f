package dev.rondo.interop.keras;

import dev.rondo.interop.keras.ModelConfig.Architecture;
import dev.rondo.interop.keras.ModelConfig.Assets;
import dev.rondo.io.InputFile;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.ZipInput;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.RecurrentLayer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import tools.jackson.databind.node.ObjectNode;

/// A model that Keras saved, with its weights, as a model of Rondo.
///
/// ```java
/// KerasModel imported = KerasModel.read(Path.of("sentiment.keras"));
/// Model model = imported.model();           // predicts, trains on, saves like any other
/// imported.notes().forEach(System.out::println);
/// ```
///
/// Read are `.keras` archives, whole models in `.h5` files of Keras 2 and 3, and files of weights alone together with the architecture
/// (`model.to_json()`). The file may be hostile: nothing in it is run or taken for the name of a class, links are not followed, sizes are
/// checked before memory is reserved, and the weights are read one by one. Thread-safe.
///
/// @param name the model's name in Keras
/// @param model the model: a [Sequential] where Keras's is one without models inside, or a chain of layers that takes texts, else a
///        [Graph]
/// @param text how texts become ids, where Keras's model takes texts; the model here takes the ids
/// @param notes what the user should know, a sentence each: what was left out, what computes otherwise
public record KerasModel(String name, Model model, List<String> notes, Optional<TextInput> text) {
    private static final ZipInput.Kind ARCHIVE = new ZipInput.Kind("a Keras model", 4096, true);
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final String ASSETS = "assets/";
    private static final Assets NONE = path -> List.of();
    private static final String BFLOAT16 = "bfloat16";
    private static final Pattern KERAS_NAME = Pattern.compile("(?is).*\\.(keras|h5|hdf5)");
    private static final byte[] ZIP = {'P', 'K'};
    private static final byte[] HDF5 = "\u0089HDF\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1);

    /// Copies the notes.
    public KerasModel {
        notes = List.copyOf(notes);
    }

    /// {@return whether a file looks like one that Keras saved: HDF5, a zip file with `config.json` or `model.weights.h5`, or something else
    /// with a name that ends as theirs do}
    ///
    /// @throws IOException if it cannot be read
    public static boolean recognizes(Path file) throws IOException {
        InputFile.requireRegular(file);
        if (startsWith(file, HDF5)) {
            return true;
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.getEntry(CONFIG) != null || zip.getEntry(WEIGHTS) != null;
        } catch (ZipException e) {
            return KERAS_NAME.matcher(file.toString()).matches();
        }
    }

    /// Reads a whole model within the default limits.
    ///
    /// @param file a `.keras` archive or an `.h5` file
    /// @throws ModelFormatException if it is no such file, is damaged, exceeds a limit, or has a layer or option that Rondo has not; the
    ///         message is one line that names the entry and the layer and says what to do
    /// @throws IOException if it cannot be read
    public static KerasModel read(Path file) throws IOException {
        return read(file, Limits.defaults());
    }

    /// Reads a whole model.
    ///
    /// @param file a `.keras` archive or an `.h5` file
    /// @param limits what the file may make this method hold
    /// @throws ModelFormatException as [#read(Path)]
    /// @throws IOException if it cannot be read
    public static KerasModel read(Path file, Limits limits) throws IOException {
        InputFile.requireRegular(file);
        if (!startsWith(file, HDF5)) {
            return archive(file, limits);
        }
        try (Hdf weights = Hdf.open(file, file.toString(), limits)) {
            String config = weights.text("", "model_config").orElseThrow(() -> new ModelFormatException(
                    file.toString(), "holds weights without the architecture; give that as well: "
                            + "write model.to_json() to a file and add --model FILE"));
            String where = file + ": attribute 'model_config'";
            ObjectNode json = Json.read(config.getBytes(StandardCharsets.UTF_8), where);
            if (!config.contains(BFLOAT16)) {
                return build(json, where, weights, NONE);
            }
            return fromCopy(out -> Files.copy(file, out), file.toString(), json, where, limits, NONE);
        }
    }

    /// Reads weights and the architecture from two files.
    ///
    /// @param weights a `.weights.h5` file of Keras 3, or an `.h5` file of Keras 2, or any whole model
    /// @param architecture what `model.to_json()` gives
    /// @param limits what the files may make this method hold
    /// @throws ModelFormatException as [#read(Path)]
    /// @throws IOException if one cannot be read
    public static KerasModel read(Path weights, Path architecture, Limits limits) throws IOException {
        InputFile.requireRegular(weights);
        ObjectNode json = Json.read(architecture, limits);
        if (!startsWith(weights, HDF5)) {
            try (ZipInput zip = ZipInput.open(weights, ARCHIVE, limits)) {
                return withWeights(zip, json, architecture.toString(), limits);
            }
        }
        if (json.toString().contains(BFLOAT16)) {
            return fromCopy(out -> Files.copy(weights, out), weights.toString(), json, architecture.toString(), limits,
                    NONE);
        }
        try (Hdf file = Hdf.open(weights, weights.toString(), limits)) {
            return build(json, architecture.toString(), file, NONE);
        }
    }

    private static boolean startsWith(Path file, byte[] magic) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(magic.length), magic);
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    private static KerasModel archive(Path file, Limits limits) throws IOException {
        if (!startsWith(file, ZIP)) {
            throw new ModelFormatException(file.toString(),
                    "neither a zip file nor HDF5, as a Keras model is; check that it is the right file and whole");
        }
        try (ZipInput zip = ZipInput.open(file, ARCHIVE, limits)) {
            zip.requireTotal();
            return withWeights(zip, zip.json(CONFIG), zip.place(CONFIG), limits);
        }
    }

    /// The weights are unpacked to a temporary file, so that they need not all be in memory.
    private static KerasModel withWeights(ZipInput zip, ObjectNode config, String where, Limits limits)
            throws IOException {
        if (!zip.has(WEIGHTS) && zip.names().stream().anyMatch(name -> name.startsWith("model.weights"))) {
            throw new ModelFormatException(zip.where(),
                    "has its weights in several files or not in HDF5; save the model "
                            + "again with model.save(\"name.keras\") and its defaults");
        }
        Hdf.requireSize(zip.size(WEIGHTS), zip.place(WEIGHTS), limits);
        return fromCopy(out -> zip.copy(WEIGHTS, out), zip.place(WEIGHTS), config, where, limits,
                path -> zip.has(ASSETS + path) ? lines(zip.text(ASSETS + path)) : List.of());
    }

    /// The lines of a text whose first may be empty.
    private static List<String> lines(String text) {
        return List.of((text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\\r?\\n", -1));
    }

    private interface Copying {
        void to(OutputStream out) throws IOException;
    }

    /// Reads weights from a copy of their file. It has lost its name before it is written, where the system lets an open file do so, and
    /// is gone with this process whatever ends it.
    private static KerasModel fromCopy(Copying copying, String weightsWhere, ObjectNode config, String where,
            Limits limits, Assets assets) throws IOException {
        Path copy = Files.createTempFile("rondo-keras-", ".h5");
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            copying.to(Channels.newOutputStream(channel));
            if (config.toString().contains(BFLOAT16)) {
                Hdf.mendBfloat16(channel);
            }
            try (Hdf weights = Hdf.open(channel, weightsWhere, limits)) {
                return build(config, where, weights, assets);
            }
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static KerasModel build(ObjectNode config, String where, Hdf file, Assets assets) throws IOException {
        List<String> notes = new ArrayList<>();
        ModelConfig models = new ModelConfig(notes, assets);
        Architecture architecture = models.read(config, where);
        Optional<TextInput> text = Optional.ofNullable(models.text());
        boolean stack = isStack(architecture, text.isPresent());
        List<Part> parts = stack ? renamed(architecture.parts()) : architecture.parts();
        StoredWeights weights = stored(file, parts);
        try {
            Model model = stack
                    ? Sequential.of(architecture.plan().inputs().getFirst().signature(),
                            parts.stream().map(Part::layer).toList(), weights)
                    : Graph.of(architecture.plan(), weights);
            weights.requireAllRead();
            Set<String> frozen = new HashSet<>();
            parts.forEach(part -> part.collectFrozen("", frozen));
            if (!frozen.isEmpty()) {
                model.freeze(frozen::contains);
            }
            return new KerasModel(architecture.name(), model, notes, text);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(where, String.valueOf(e.getMessage()), e);
        }
    }

    private static StoredWeights stored(Hdf file, List<Part> parts) throws ModelFormatException {
        if (file.isGroup("model_weights")) {
            return StoredWeights.byOrder(file, "model_weights", parts);
        }
        return file.texts("", "layer_names").isPresent() ? StoredWeights.byOrder(file, "", parts)
                : StoredWeights.byPath(file, parts);
    }

    /// A Sequential, or a chain of layers that begins with texts, so that it can be a classifier of them.
    private static boolean isStack(Architecture architecture, boolean texts) {
        return (architecture.className().equals("Sequential") || texts && isChain(architecture.plan()))
                && architecture.parts().stream().noneMatch(part -> switch (part.layer()) {
                    case Plan _ -> true;
                    case RecurrentLayer rnn -> rnn.returnsState();
                    case Bidirectional both -> both.layer().returnsState() || both.mergeMode() == MergeMode.NONE;
                    default -> false;
                });
    }

    private static boolean isChain(Plan plan) {
        for (int call = 0; call < plan.calls().size(); call++) {
            if (!plan.calls().get(call).equals(new Plan.Call(call, List.of(new Plan.Port(call, 0))))) {
                return false;
            }
        }
        return plan.inputs().size() == 1 && plan.layers().size() == plan.calls().size()
                && plan.outputs().equals(List.of(new Plan.Port(plan.calls().size(), 0)));
    }

    /// A stack names its layers itself.
    private static List<Part> renamed(List<Part> parts) {
        List<String> names = Sequential.names(parts.stream().map(Part::layer).toList());
        List<Part> renamed = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            renamed.add(parts.get(i).weightName(names.get(i)));
        }
        return renamed;
    }
}
