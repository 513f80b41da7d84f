package dev.rondo.tasks;

import dev.rondo.io.Fields;
import dev.rondo.io.Json;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedSequential;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tasks.text.DataFormatException;
import dev.rondo.tasks.text.TextColumns;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.tasks.text.Vocabulary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A text classifier as a model file. In `model.json`, `task` has `type`, `classes`, `text` and `training`, the last two as in a file
/// for [TextTraining#read], and `columns` where those of the data are not the default ones.
final class ClassifierFile {
    private static final String TYPE = "text_classification";
    private static final String COLUMNS = "columns";

    private ClassifierFile() {}

    /// What a file holds.
    record Loaded(SavedSequential saved, TextEncoder encoder, List<String> classes, Head head,
            TextColumns columns) {}

    static SavedSequential contents(ClassifierFit fit) {
        ObjectNode task = Json.mapper().createObjectNode().put("type", TYPE);
        ArrayNode classes = task.putArray("classes");
        fit.classes().forEach(classes::add);
        task.set("text", PipelineJson.write(fit.encoder().pipeline()));
        task.set("training", TrainingJson.write(fit.training(), fit.head()));
        return SavedSequential.of("Text classifier: " + Head.names(fit.classes()), fit.model(), task,
                Optional.of(text(fit.encoder().vocabulary())), fit.provenance());
    }

    /// A model that was trained elsewhere.
    ///
    /// @throws IllegalArgumentException if model, vocabulary and classes do not fit together
    static Loaded imported(Sequential model, TextEncoder encoder, List<String> classes, Provenance provenance) {
        Head head = Head.of(model.layers(), encoder.vocabulary().size(), classes);
        ObjectNode task = Json.mapper().createObjectNode().put("type", TYPE);
        ArrayNode names = task.putArray("classes");
        classes.forEach(names::add);
        task.set("text", PipelineJson.write(encoder.pipeline()));
        SavedSequential saved = SavedSequential.of("Text classifier: " + Head.names(classes), model, task,
                Optional.of(text(encoder.vocabulary())), provenance);
        return new Loaded(saved, encoder, List.copyOf(classes), head, TextColumns.defaults());
    }

    /// The same with the names of the columns; those that everybody expects are not written, so that the file is as it always was.
    static SavedSequential named(SavedSequential saved, TextColumns columns) {
        ObjectNode task = saved.task().deepCopy();
        task.remove(COLUMNS);
        if (!columns.equals(TextColumns.defaults())) {
            task.putObject(COLUMNS).put("text", columns.text()).put("label", columns.label());
        }
        return new SavedSequential(saved.model(), task, saved.vocabulary(), saved.provenance(), saved.card());
    }

    private static TextColumns columns(Fields task) throws ModelFormatException {
        if (!task.has(COLUMNS)) {
            return TextColumns.defaults();
        }
        Fields names = Fields.of(task.any(COLUMNS), task.where() + ": " + COLUMNS, "text", "label");
        try {
            return TextColumns.of(names.text("text"), names.text("label"));
        } catch (IllegalArgumentException e) {
            throw task.wrong(COLUMNS, "is wrong: " + e.getMessage());
        }
    }

    private static String text(Vocabulary vocabulary) {
        var bytes = new ByteArrayOutputStream();
        try {
            vocabulary.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    static Loaded load(Path file) throws IOException {
        SavedSequential saved = SavedSequential.load(file);
        String where = file + ": entry 'model.json': task";
        JsonNode type = saved.task().path("type");
        if (!type.stringValue("").equals(TYPE)) {
            throw new ModelFormatException(where, "'type' is " + (type.isMissingNode() ? "missing" : type)
                    + "; expected \"" + TYPE
                    + "\": the model is not a text classifier; rondo run takes tensors through other models");
        }
        Fields task = Fields.of(saved.task(), where, "type", "classes", "text", "training", COLUMNS);
        List<String> classes = classes(task);
        TextColumns columns = columns(task);
        TextPipeline pipeline = PipelineJson.read(task.any("text"), TextDefaults.TEXT, where + ": text");
        try {
            TextEncoder encoder = new TextEncoder(pipeline, vocabulary(saved, pipeline, file));
            Sequential model = saved.model();
            if (model.input().kind() != Signature.Kind.TOKENS) {
                throw new IllegalArgumentException("the model takes " + model.input() + "; expected token ids");
            }
            return new Loaded(saved, encoder, classes,
                    Head.of(model.layers(), encoder.vocabulary().size(), classes), columns);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file.toString(), e.getMessage(), e);
        }
    }

    private static List<String> classes(Fields task) throws ModelFormatException {
        List<String> classes = new ArrayList<>();
        for (JsonNode name : task.array("classes")) {
            if (!name.isString() || name.stringValue().isEmpty()) {
                throw task.wrong("classes", "has " + name + "; expected names in quotes");
            }
            classes.add(name.stringValue());
        }
        if (classes.size() < 2 || new HashSet<>(classes).size() < classes.size()) {
            throw task.wrong("classes", "has fewer than two names, or one twice");
        }
        return List.copyOf(classes);
    }

    private static Vocabulary vocabulary(SavedSequential saved, TextPipeline pipeline, Path file) throws IOException {
        String text = saved.vocabulary().orElseThrow(() -> new ModelFormatException(file.toString(),
                "entry 'vocabulary.txt' is missing; a text classifier has one"));
        try {
            return Vocabulary.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                    "entry 'vocabulary.txt'", pipeline.tokenizer().unknownToken());
        } catch (DataFormatException e) {
            throw new ModelFormatException(file.toString(), String.valueOf(e.getMessage()), e);
        }
    }
}
