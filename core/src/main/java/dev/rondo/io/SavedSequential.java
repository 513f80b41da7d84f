package dev.rondo.io;

import dev.rondo.nn.Sequential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A [Sequential] with all that its model file holds beside it. The weights, which must be finite, come back with the same bits.
///
/// For models of any kind see [SavedModel]. In `model.json`, `architecture` is what [SequentialJson] writes and `task` is the caller's; the tensors of `weights.safetensors`
/// have the names of the model's parameters. See [ModelFile] for the entries.
///
/// @param model the model; its weights are shared, not copied
/// @param task what the model is for and how its input and output are processed; an object of the caller's, shared
/// @param vocabulary the text of `vocabulary.txt`, where the model has tokens
/// @param provenance how the model came about
/// @param card the model in words, Markdown
public record SavedSequential(
        Sequential model, ObjectNode task, Optional<String> vocabulary, Provenance provenance, String card) {

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
        new SavedModel(model, task, vocabulary, provenance, card).save(file);
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
        SavedModel saved = SavedModel.load(file, limits);
        if (!(saved.model() instanceof Sequential model)) {
            throw new ModelFormatException(file.toString(),
                    "holds a graph of layers; expected a stack of layers: a model of this kind cannot be used here");
        }
        return new SavedSequential(model, saved.task(), saved.vocabulary(), saved.provenance(), saved.card());
    }
}
