package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Signature;
import dev.rondo.nn.attention.Attention;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What layers are called with, of architectures written by hand.
class CallsTest {
    private static final String X = """
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "keras_history": ["x", 0, 0]}}""";
    private static final String ATTENTION = """
            {"class_name": "Attention", "module": "keras.layers", "name": "a", "config": {"name": "a"},
             "inbound_nodes": [{"args": [[%1$s, %1$s]], "kwargs": {"use_causal_mask": %2$s}},
                               {"args": [[%1$s, %1$s]], "kwargs": {"use_causal_mask": %3$s}}]}""";

    @TempDir
    private Path folder;

    @Test
    void oneLayerCalledInTwoWaysIsRefused() throws IOException {
        for (boolean first : new boolean[] {true, false}) {
            String message = assertThrows(ModelFormatException.class,
                    () -> read("", ATTENTION.formatted(X, first, !first))).getMessage();
            assertTrue(message.contains("layer 'a' (Attention): is applied twice, with and without use_causal_mask"),
                    message);
            Graph model = (Graph) read("", ATTENTION.formatted(X, first, first));
            assertEquals(first, ((Attention) model.plan().layers().getFirst().layer()).causal());
        }
    }

    /// Keras keeps an input whose Embedding no output needs.
    @Test
    void inputsThatNothingTakesMayBeIds() throws IOException {
        String ids = """
                {"class_name": "InputLayer", "name": "ids", "config": {"name": "ids", "batch_shape": [null, %s]},
                 "inbound_nodes": []},""";
        String attention = ATTENTION.formatted(X, true, true);
        assertEquals(List.of(Signature.sequence(3), Signature.tokens()),
                KerasFiles.inputs(read(ids.formatted("null"), attention)));
        assertEquals(List.of(Signature.sequence(3), Signature.vector(5)),
                KerasFiles.inputs(read(ids.formatted("5"), attention)));
    }

    /// Reads a model of the input `x`, perhaps another one, and a layer `a` that is called twice.
    private Model read(String input, String layer) throws IOException {
        Path json = Files.writeString(folder.resolve("m.json"), """
                {"class_name": "Functional", "config": {"name": "m", "layers": [
                  {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, null, 3]},
                   "inbound_nodes": []},
                  %s
                  %s],
                 "input_layers": [["x", 0, 0]%s], "output_layers": [["a", 0, 0], ["a", 1, 0]]}}
                """.formatted(input, layer, input.isEmpty() ? "" : ", [\"ids\", 0, 0]"));
        Path weights = folder.resolve("m.weights.h5");
        Files.deleteIfExists(weights);
        try (var hdf = HdfFile.write(weights)) {
            hdf.putGroup("layers");
        }
        return KerasModel.read(weights, json, Limits.defaults()).model();
    }
}
