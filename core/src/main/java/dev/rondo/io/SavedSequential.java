package dev.rondo.io;

import dev.rondo.io.ModelFile.Contents;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Sequential;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// A [Sequential] with all that its model file holds beside it. The weights, which must be finite, come back with the same bits.
///
/// In `model.json`, `architecture` is what [SequentialJson] writes and `task` is the caller's; the tensors of `weights.safetensors`
/// have the names of the model's parameters. See [ModelFile] for the entries.
///
/// @param model the model; its weights are shared, not copied
/// @param task what the model is for and how its input and output are processed; an object of the caller's, shared
/// @param vocabulary the text of `vocabulary.txt`, where the model has tokens
/// @param provenance how the model came about
/// @param card the model in words, Markdown
public record SavedSequential(
        Sequential model, ObjectNode task, Optional<String> vocabulary, Provenance provenance, String card) {

    private static final String ARCHITECTURE = "architecture";
    private static final String TASK = "task";

    /// Checks that nothing is null.
    public SavedSequential {
        Objects.requireNonNull(model, "model is null");
        Objects.requireNonNull(task, "task is null");
        Objects.requireNonNull(vocabulary, "vocabulary is null");
        Objects.requireNonNull(provenance, "provenance is null");
        Objects.requireNonNull(card, "card is null");
    }

    /// A model to save, with a card that is written here.
    ///
    /// @param title the headline of the card, such as `Sentiment of film reviews`
    /// @param model the model
    /// @param task what the model is for
    /// @param vocabulary the text of `vocabulary.txt`, where the model has tokens
    /// @param provenance how the model came about
    public static SavedSequential of(String title, Sequential model, ObjectNode task, Optional<String> vocabulary,
            Provenance provenance) {
        return new SavedSequential(model, task, vocabulary, provenance, ModelCard.of(title, model, provenance));
    }

    /// Writes the model file in one step: see [AtomicFile].
    ///
    /// @param file the file, replaced if it exists; nobody may train the model meanwhile
    /// @throws IllegalArgumentException if a weight or a number in the task is not finite, the model has a layer that is not of this
    ///         library, or a text is not well-formed Unicode
    /// @throws IOException if writing fails; the file is then as it was
    public void save(Path file) throws IOException {
        ObjectNode json = Json.mapper().createObjectNode();
        json.set(ARCHITECTURE, SequentialJson.write(Architecture.of(model)));
        json.set(TASK, task);
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        for (Parameter parameter : model.parameters()) {
            float[] values = parameter.values();
            OptionalInt bad = firstNotFinite(values);
            if (bad.isPresent()) {
                throw new IllegalArgumentException(file + ": not saved: weight "
                        + ModelFormatException.quote(parameter.name()) + " holds " + values[bad.getAsInt()]
                        + ", so every answer would be worthless; train the model anew, with a smaller learning rate or clipped"
                        + " gradients");
            }
            weights.put(parameter.name(), Tensor.of(values, parameter.shape()));
        }
        ModelFile.write(file, new Contents(json, Archive.of(weights), vocabulary, provenance.json(), card));
    }

    /// Reads a model file within the default limits.
    ///
    /// @param file the file
    /// @throws ModelFormatException if the file is not a valid model file, or exceeds a limit
    /// @throws IOException if it cannot be read
    public static SavedSequential load(Path file) throws IOException {
        return load(file, Limits.defaults());
    }

    /// Reads a model file. Sizes that `model.json` states are held against the weights that are there, and no memory is reserved
    /// for what does not fit.
    ///
    /// @param file the file
    /// @param limits what the file may make this method hold
    /// @throws ModelFormatException if the file is not a valid model file, or exceeds a limit; the message names the entry, and
    ///         the layer where there is one
    /// @throws IOException if it cannot be read
    public static SavedSequential load(Path file, Limits limits) throws IOException {
        Contents contents = ModelFile.read(file, limits);
        Fields json = Fields.of(contents.model(), entry(file, ModelFile.MODEL), ARCHITECTURE, TASK);
        Architecture architecture = SequentialJson.read(json.object(ARCHITECTURE), json.where() + ": architecture");
        Provenance provenance = Provenance.read(contents.provenance(), entry(file, ModelFile.PROVENANCE));
        return new SavedSequential(model(architecture, contents.weights(), file), json.object(TASK),
                contents.vocabulary(), provenance, contents.card());
    }

    private static Sequential model(Architecture architecture, Archive weights, Path file)
            throws ModelFormatException {
        if (!weights.ints().isEmpty()) {
            throw new ModelFormatException(entry(file, ModelFile.WEIGHTS), "tensor "
                    + ModelFormatException.quote(weights.ints().firstEntry().getKey())
                    + " has whole numbers; expected float32 alone");
        }
        for (var weight : weights.tensors().entrySet()) {
            float[] values = weight.getValue().data();
            OptionalInt bad = firstNotFinite(values);
            if (bad.isPresent()) {
                throw new ModelFormatException(entry(file, ModelFile.WEIGHTS), "tensor "
                        + ModelFormatException.quote(weight.getKey()) + " holds " + values[bad.getAsInt()]
                        + ", so every answer would be worthless; train the model anew");
            }
        }
        try {
            return Sequential.of(architecture.input(), architecture.layers(), weights.tensors());
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(
                    file + ": entries '" + ModelFile.MODEL + "' and '" + ModelFile.WEIGHTS + "' do not fit together",
                    e.getMessage(), e);
        }
    }

    private static OptionalInt firstNotFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    private static String entry(Path file, String name) {
        return file + ": entry " + ModelFormatException.quote(name);
    }
}
