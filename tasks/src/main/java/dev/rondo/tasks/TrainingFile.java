package dev.rondo.tasks;

import dev.rondo.io.Fields;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson;
import dev.rondo.nn.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Reads the description of a training that a person wrote.
final class TrainingFile {
    private TrainingFile() {}

    /// Layers that wait for the size of the vocabulary.
    ///
    /// @param where what to name in an error
    record Layers(JsonNode json, String where) implements TextLayers {
        @Override
        public List<Layer> layers(int vocabularySize, int classes) {
            try {
                return read(vocabularySize);
            } catch (ModelFormatException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }

        private List<Layer> read(int vocabularySize) throws ModelFormatException {
            return SequentialJson.readLayers(json, OptionalInt.of(vocabularySize), where);
        }
    }

    static TextTraining read(Path file) throws IOException {
        String where = file.toString();
        Fields fields = Fields.of(Json.read(file, Limits.defaults()), where, "text", "layers", "training");
        TextTraining training = TextTraining.defaults();
        if (fields.has("text")) {
            training = training.text(PipelineJson.read(fields.any("text"), training.text(), where + ": text"));
        }
        if (fields.has("training")) {
            training = TrainingJson.read(fields.any("training"), training, where + ": training");
        }
        List<Layer> made = List.of();
        if (fields.has("layers")) {
            Layers layers = new Layers(fields.any("layers"), where);
            made = checked(layers);
            training = training.layers(layers);
        }
        if (fields.has("training")) {
            TrainingJson.checkLoss(fields.any("training"), made, where + ": training");
        }
        return training;
    }

    /// The layers for any vocabulary; whether it suits the classes shows when there is data.
    private static List<Layer> checked(Layers layers) throws ModelFormatException {
        try {
            List<Layer> read = layers.read(1);
            Head.of(read);
            return read;
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(layers.where() + ": layers", e.getMessage(), e);
        }
    }
}
