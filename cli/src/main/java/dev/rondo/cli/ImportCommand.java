package dev.rondo.cli;

import dev.rondo.interop.keras.KerasModel;
import dev.rondo.interop.keras.TextInput;
import dev.rondo.interop.torch.Derivation;
import dev.rondo.interop.torch.StateDict;
import dev.rondo.interop.torch.TorchImport;
import dev.rondo.io.AtomicFile;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedModel;
import dev.rondo.io.SequentialJson;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.tasks.TextClassifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `rondo import`: a model file from weights that another library trained.
@Command(name = "import", mixinStandardHelpOptions = true, sortOptions = false, header = "Makes a model file of a model that another library trained.", description = {
        "Read are Keras models (.keras, .h5) of Keras 2 and 3, and PyTorch's weights: a state_dict that torch.save wrote "
                + "(.pt, .pth), or a safetensors file. What kind a file is shows in its bytes, not in its name. Nothing in "
                + "it is run. Where a file holds weights alone, --model says what the layers are: for Keras what "
                + "model.to_json() gives, for PyTorch the input and the layers."})
final class ImportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE", description = "The file to import.")
    private String file = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--out", paramLabel = "FILE", description = "The model file to write, such as m.rondo.")
    private String out = "";

    @Option(names = "--model", paramLabel = "FILE", description = "A JSON file with the architecture, for files that hold weights alone.")
    private @Nullable String model;

    @Option(names = "--derive", paramLabel = "FILE", description = "Instead of a model, write for --model the layers that PyTorch's weights show, as a draft to correct.")
    private String draft = "";

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(names = "--classes", paramLabel = "NAME,NAME", split = ",", description = "Names of the classes of a model that takes texts, in the order "
            + "of its outputs; 0,1 and so on by default.")
    private List<String> classes = List.of();

    private Optional<TextInput> text = Optional.empty();

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (out.isEmpty() == draft.isEmpty()) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(),
                    out.isEmpty() ? "give --out FILE for a model, or --derive FILE for a draft of its layers"
                            : "--out asks for a model, --derive for a draft of its layers; give one of them");
        }
        if (!draft.isEmpty()) {
            derive();
            return Main.DONE;
        }
        Path target = TargetFile.check("--out", out, "rondo", "a model of Rondo",
                model == null ? List.of(file) : List.of(file, model));
        Path source = TargetFile.path(file);
        Model imported = KerasModel.recognizes(source) ? keras(source) : torch(source);
        Optional<TextClassifier> classifier = text.flatMap(input -> classifier(imported, input));
        if (classifier.isEmpty() && !classes.isEmpty()) {
            throw new Failure("--classes names classes, but " + file + " is no model that takes texts and tells their "
                    + "classes; leave it out");
        }
        ObjectNode task = Json.mapper().createObjectNode().put("type", "tensors").put("imported_from", file);
        console.beginSaving("after " + out + " was saved");
        try {
            if (classifier.isPresent()) {
                classifier.get().save(target);
            } else {
                SavedModel.of("Imported from " + source.getFileName(), imported, task, text.map(TextInput::lines),
                        provenance()).save(target);
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(e.getMessage());
        } finally {
            console.endSaving();
        }
        report(imported, Files.size(target));
        return Main.DONE;
    }

    private Model keras(Path source) throws IOException {
        KerasModel read = model == null ? KerasModel.read(source)
                : KerasModel.read(source, TargetFile.path(model), Limits.defaults());
        read.notes().forEach(note -> console.note(file + ": " + note));
        text = read.text();
        return read.model();
    }

    /// The model as one that `rondo predict` takes, if it tells classes of texts.
    private Optional<TextClassifier> classifier(Model imported, TextInput input) {
        try {
            if (!(imported instanceof Sequential stack)) {
                throw new IllegalArgumentException("the model is a graph of layers");
            }
            int units = Math.max(2, stack.output().features());
            List<String> names = classes.isEmpty() ? IntStream.range(0, units).mapToObj(Integer::toString).toList()
                    : classes;
            return Optional.of(TextClassifier.of(stack, input.encoder(), names, provenance()));
        } catch (IllegalArgumentException e) {
            if (!classes.isEmpty()) {
                throw new Failure(file + ": " + e.getMessage());
            }
            console.note(
                    file + ": the model takes token ids, not texts, and is for rondo run alone: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Provenance provenance() {
        return new Provenance(List.of(), 0, 0, new LinkedHashMap<>(), Provenance.Environment.here(1, 1),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private Model torch(Path source) throws IOException {
        StateDict weights = stateDict(source);
        if (model != null) {
            List<String> alike = TorchImport.alike(weights);
            Sequential imported = TorchImport.consume(weights, SequentialJson.read(layers(model), model));
            weights.notes().forEach(note -> console.note(file + ": " + note));
            alike.forEach(note -> console.note(file + ": " + note));
            return imported;
        }
        Derivation derived = TorchImport.derive(weights);
        Sequential imported = TorchImport.consume(weights, derived.architecture());
        weights.notes().forEach(note -> console.note(file + ": " + note));
        console.note(file + ": " + derived.assumption());
        return imported;
    }

    private StateDict stateDict(Path source) throws IOException {
        if (isModel(source)) {
            throw new Failure(file + ": is a model of Rondo already, which needs no import");
        }
        return StateDict.read(source);
    }

    /// Writes a draft of the layers, and says what is to be looked at in it.
    private void derive() throws IOException {
        if (model != null || !classes.isEmpty()) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(),
                    "--derive writes a draft of what --model takes, from the weights alone; leave out --model and --classes");
        }
        Path target = TargetFile.check("--derive", draft, file);
        Path source = TargetFile.path(file);
        if (KerasModel.recognizes(source)) {
            throw new Failure(file + ": is a file of Keras, which names its layers; give --out, and for weights alone "
                    + "--model with what model.to_json() writes");
        }
        Derivation derived = TorchImport.derive(stateDict(source));
        byte[] json = Json.mapper().writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(SequentialJson.write(derived.draft()));
        AtomicFile.write(target, to -> to.write(json));
        if (this.json.wanted()) {
            ObjectNode node = Json.mapper().createObjectNode().put("derived", draft);
            derived.open().forEach(node.putArray("open")::add);
            console.print(node);
            return;
        }
        console.note(file + ": " + derived.assumption());
        derived.open().forEach(question -> console.print("open: " + question));
        console.print("wrote %s, a draft of its layers (%d): correct it, then give it as --model".formatted(draft,
                derived.draft().layers().size()));
    }

    private static boolean isModel(Path source) {
        try (ZipFile zip = new ZipFile(source.toFile())) {
            return zip.getEntry("model.json") != null && zip.getEntry("weights.safetensors") != null;
        } catch (IOException e) {
            return false; // what is wrong with it is said when it is read
        }
    }

    /// The layers of PyTorch's weights.
    private static ObjectNode layers(String name) throws IOException {
        Path path = TargetFile.path(name);
        int most = Limits.defaults().jsonBytes();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new Failure("%s: has more than %d bytes; is it a description of layers?".formatted(name, most));
            }
            ObjectNode read = Json.read(bytes, name);
            if (read.has("class_name")) {
                throw new Failure(name + ": is an architecture of Keras, but the weights are PyTorch's; give their "
                        + "layers as {\"input\": ..., \"layers\": [...]}, see docs/guide/interop.md");
            }
            return read;
        }
    }

    private void report(Model imported, long bytes) {
        ModelView view = ModelView.of(imported);
        if (json.wanted()) {
            console.print(view.put(Json.mapper().createObjectNode().put("saved", out).put("bytes", bytes)));
            return;
        }
        view.summary().lines().forEach(console::print);
        console.print("saved %s (%s)".formatted(out, InspectCommand.size(bytes)));
    }
}
