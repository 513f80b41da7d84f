package dev.rondo.io;

import dev.rondo.io.ModelFile.Contents;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A [Sequential] or a [Graph] with all that its model file holds beside it. The weights, which must be finite, come back with the same
/// bits, and frozen ones are frozen again.
///
/// In `model.json`, `architecture` is what [SequentialJson] writes, or `graph` what [PlanJson] writes; `frozen` lists the names of frozen
/// weights, where there are any, and `task` is the caller's. The tensors of `weights.safetensors` have the names of the model's
/// parameters. See [ModelFile] for the entries.
///
/// @param model a [Sequential] or a [Graph]; its weights are shared, not copied
/// @param task what the model is for and how its input and output are processed; an object of the caller's, shared
/// @param vocabulary the text of `vocabulary.txt`, where the model has tokens
/// @param provenance how the model came about
/// @param card the model in words, Markdown
public record SavedModel(
        Model model, ObjectNode task, Optional<String> vocabulary, Provenance provenance, String card) {

    private static final String ARCHITECTURE = "architecture";
    private static final String GRAPH = "graph";
    private static final String FROZEN = "frozen";
    private static final String TASK = "task";

    /// @throws IllegalArgumentException if the model is neither a [Sequential] nor a [Graph]
    public SavedModel {
        Objects.requireNonNull(task, "task is null");
        Objects.requireNonNull(vocabulary, "vocabulary is null");
        Objects.requireNonNull(provenance, "provenance is null");
        Objects.requireNonNull(card, "card is null");
        if (!(model instanceof Sequential || model instanceof Graph)) {
            throw new IllegalArgumentException("a model file holds a Sequential or a Graph, not a "
                    + model.getClass().getSimpleName() + "; save the weights of a model of your own as safetensors");
        }
    }

    /// A model to save by itself, to be loaded by a program or run on tensors: without a task, a vocabulary, or a record of its
    /// training.
    ///
    /// @param title the headline of the card, such as `Wear of machines`
    /// @param model a [Sequential] or a [Graph]
    public static SavedModel of(String title, Model model) {
        return of(title, model, Json.mapper().createObjectNode().put("type", "tensors"), Optional.empty(),
                new Provenance(List.of(), 0, 0, new LinkedHashMap<>(), Provenance.Environment.here(1, 1),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }

    /// A model to save, with a card that is written here.
    ///
    /// @param title the headline of the card, such as `Sentiment of film reviews`
    /// @param model a [Sequential] or a [Graph]
    /// @param task what the model is for
    /// @param vocabulary the text of `vocabulary.txt`, where the model has tokens
    /// @param provenance how the model came about
    public static SavedModel of(String title, Model model, ObjectNode task, Optional<String> vocabulary,
            Provenance provenance) {
        return new SavedModel(model, task, vocabulary, provenance, ModelCard.of(title, model, provenance));
    }

    /// Writes the model file in one step: see [AtomicFile].
    ///
    /// @param file the file, replaced if it exists; nobody may train the model meanwhile
    /// @throws IllegalArgumentException if a weight or a number in the task is not finite, the model has a layer that is not of this
    ///         library, or a text is not well-formed Unicode
    /// @throws IOException if writing fails; the file is then as it was
    public void save(Path file) throws IOException {
        ObjectNode json = Json.mapper().createObjectNode();
        switch (model) {
            case Sequential sequential ->
                json.set(ARCHITECTURE, SequentialJson.write(Architecture.of(sequential)));
            case Graph graph -> json.set(GRAPH, PlanJson.write(graph.plan()));
            default -> throw new AssertionError(model);
        }
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        ArrayNode frozen = Json.mapper().createArrayNode();
        for (Parameter parameter : model.parameters()) {
            float[] values = parameter.values();
            OptionalInt bad = firstNotFinite(values);
            if (bad.isPresent()) {
                throw new IllegalArgumentException(file + ": not saved: weight "
                        + ModelFormatException.quote(parameter.name()) + " holds " + values[bad.getAsInt()]
                        + ", so every answer would be worthless; train the model anew, with a smaller learning rate or clipped"
                        + " gradients");
            }
            if (parameter.isFrozen()) {
                frozen.add(parameter.name());
            }
            weights.put(parameter.name(), Tensor.of(values, parameter.shape()));
        }
        if (!frozen.isEmpty()) {
            json.set(FROZEN, frozen);
        }
        json.set(TASK, task);
        ModelFile.write(file, new Contents(json, Archive.of(weights), vocabulary, provenance.json(), card));
    }

    /// Reads a model file within the default limits.
    ///
    /// @param file the file
    /// @throws ModelFormatException if the file is not a valid model file, or exceeds a limit
    /// @throws IOException if it cannot be read
    public static SavedModel load(Path file) throws IOException {
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
    public static SavedModel load(Path file, Limits limits) throws IOException {
        Contents contents = ModelFile.read(file, limits);
        String where = entry(file, ModelFile.MODEL);
        boolean graph = contents.model().has(GRAPH);
        Fields json = Fields.of(contents.model(), where, graph ? GRAPH : ARCHITECTURE, FROZEN, TASK);
        Provenance provenance = Provenance.read(contents.provenance(), entry(file, ModelFile.PROVENANCE));
        requireFinite(contents.weights(), file);
        Model model;
        if (graph) {
            Plan plan = PlanJson.read(json.object(GRAPH), where + ": graph");
            model = built(file, () -> Graph.of(plan, contents.weights().tensors()));
        } else {
            Architecture stack = SequentialJson.read(json.object(ARCHITECTURE), where + ": architecture");
            model = built(file, () -> Sequential.of(stack.input(), stack.layers(), contents.weights().tensors()));
        }
        if (json.has(FROZEN)) {
            freeze(model, json);
        }
        return new SavedModel(model, json.object(TASK), contents.vocabulary(), provenance, contents.card());
    }

    private static void freeze(Model model, Fields json) throws ModelFormatException {
        Set<String> names = new HashSet<>();
        for (JsonNode name : json.array(FROZEN)) {
            if (!name.isString()) {
                throw json.wrong(FROZEN, "has " + Fields.describe(name) + "; expected names of weights");
            }
            names.add(name.stringValue());
        }
        List<String> known = model.parameters().stream().map(Parameter::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw json.wrong(FROZEN,
                        "has " + ModelFormatException.quote(name) + ", which is no weight of the model");
            }
        }
        model.freeze(names::contains);
    }

    private interface Build {
        Model run();
    }

    private static Model built(Path file, Build build) throws ModelFormatException {
        try {
            return build.run();
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(
                    file + ": entries '" + ModelFile.MODEL + "' and '" + ModelFile.WEIGHTS + "' do not fit together",
                    e.getMessage(), e);
        }
    }

    private static void requireFinite(Archive weights, Path file) throws ModelFormatException {
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
