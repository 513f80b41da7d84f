package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Archive;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SavedSequential;
import dev.rondo.nn.Sequential;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
    private static final String LAYERS = """
            {"input": {"kind": "tokens"}, "layers": [
              {"class_name": "Embedding", "config": {"input_dim": 5, "output_dim": 3}},
              {"class_name": "GRU", "config": {"units": 2}},
              {"class_name": "Dense", "config": {"units": 4, "activation": "softmax"}}]}
            """;

    @TempDir
    private Path folder;

    @Test
    void makesAModelOfWeightsAndLayers() throws IOException {
        Files.writeString(folder.resolve("layers.json"), LAYERS);
        Rondo done = Rondo.run("import", weights(), "--model", path("layers.json"), "--out", path("m.rondo"))
                .done();
        assertTrue(done.out().contains("gru") && done.out().contains("saved " + path("m.rondo")), done.out());
        Sequential model = SavedSequential.load(folder.resolve("m.rondo")).model();
        assertEquals("[B, 4]", model.output().toString());
        assertEquals(2f, model.weights().get("dense/kernel").data()[1], "row 1, column 0 of the Linear");
        assertTrue(Rondo.run("inspect", path("m.rondo")).done().out().contains("tensors"));
        Rondo.run("evaluate", path("m.rondo"), "--data", path("layers.json")).failed(1, "not a text classifier");
    }

    /// Two inputs and three outputs; the files are those of the tests of the importer.
    @Test
    void importsAndRunsAGraphOfKeras() throws IOException {
        Path keras = Path.of("..", "interop", "src", "test", "resources", "keras");
        String file = keras.resolve("two_inputs_three_outputs.keras").toString();
        String tensors = keras.resolve("two_inputs_three_outputs.safetensors").toString();
        String said = Rondo.run("import", file, "--out", path("m.rondo")).done().out();
        assertTrue(said.contains("embedding") && said.contains("saved " + path("m.rondo")), said);
        Rondo.run("run", path("m.rondo"), "--input", tensors, "--output", path("y.safetensors")).done();
        Archive expected = Safetensors.read(Path.of(tensors));
        Archive found = Safetensors.read(folder.resolve("y.safetensors"));
        for (int o = 0; o < 3; o++) {
            assertArrayEquals(expected.tensors().get("output_" + o).data(), found.tensors().get("output_" + o).data(),
                    1e-6f, "sums of float32 in another order");
        }
        assertTrue(Rondo.run("inspect", path("m.rondo"), "--json").done().out().contains("\"input\":["), "two inputs");
        Rondo.run("run", path("m.rondo"), "--input", path("y.safetensors"), "--output", path("z.safetensors")).failed(1,
                "no tensor 'input_0', which the model takes as [B, 5, 3]");
        Rondo.run("import", keras.resolve("refused/lambda.keras").toString(), "--out", path("l.rondo")).failed(1,
                "layer 'lambda' (Lambda): is a program in Python");
    }

    @Test
    void aClassifierOfKerasPredictsTexts() throws IOException {
        Path keras = Path.of("..", "interop", "src", "test", "resources", "keras");
        String file = keras.resolve("classify_three.keras").toString();
        Rondo.run("import", file, "--classes", "cat,dog,bird", "--out", path("m.rondo")).done();
        String said = Rondo.run("predict", path("m.rondo"), "--text", "The cat sat on the mat.").done().out();
        assertTrue(said.startsWith("cat ") && said.contains("42.9 %"), said);
        Rondo.run("import", file, "--classes", "cat,dog", "--out", path("n.rondo")).failed(1,
                "has 2 classes (cat, dog)");
        Rondo.run("import", keras.resolve("lstm_last.keras").toString(), "--classes", "cat,dog", "--out",
                path("n.rondo")).failed(1, "is no model that takes texts");
        assertFalse(Files.exists(folder.resolve("n.rondo")));
        Rondo.run("import", keras.resolve("classify_two.keras").toString(), "--out", path("m.rondo")).done();
        assertTrue(Rondo.run("predict", path("m.rondo"), "--text", "x").done().out().startsWith("1 "));
        Rondo.run("import", keras.resolve("text.keras").toString(), "--out", path("t.rondo")).done();
        Rondo.run("predict", path("t.rondo"), "--text", "x").failed(1, "the model is not a text classifier");
    }

    @Test
    void derivesLayersThatTheShapesShowAndSaysSo() throws IOException {
        String gru = Path.of("..", "interop", "src", "test", "resources", "torch", "gru.pt").toString();
        Rondo done = Rondo.run("import", gru, "--out", path("m.rondo"), "--json").done();
        assertEquals("[B, T, 3]", SavedSequential.load(folder.resolve("m.rondo")).model().output().toString());
        assertEquals(1, done.err().lines().count(), done.err());
        assertTrue(done.err()
                .contains("derived from names and shapes: GRU(3) of every step; activations,")
                && done.err().contains("compare the outputs with PyTorch's once, or give the layers with --model"),
                done.err());
    }

    @Test
    void asksForLayersThatTheShapesDoNotShow() throws IOException {
        Rondo.run("import", weights(), "--out", path("m.rondo")).failed(1, "whether 'fc' reads the last step",
                "--model");
        assertFalse(Files.exists(folder.resolve("m.rondo")));
    }

    @Test
    void writesADraftOfTheLayers() throws IOException {
        Rondo draft = Rondo.run("import", weights(), "--derive", path("draft.json")).done();
        assertTrue(draft.out().contains("open: whether 'fc' reads the last step of 'rnn' or all"), draft.out());
        Rondo.run("import", path("w"), "--model", path("draft.json"), "--out", path("m.rondo")).done();
        assertEquals("[B, 4]", SavedSequential.load(folder.resolve("m.rondo")).model().output().toString());
        assertEquals(1,
                Rondo.run("import", path("w"), "--derive", path("draft.json"), "--json").done().json().getFirst()
                        .get("open").size());
        Rondo.run("import", path("w")).failed(2, "give --out FILE for a model, or --derive FILE");
        Rondo.run("import", path("w"), "--derive", path("d"), "--out", path("m.rondo")).failed(2, "give one of them");
        Rondo.run("import", path("w"), "--derive", path("d"), "--model", path("draft.json")).failed(2,
                "leave out --model");
        Rondo.run("import", path("w"), "--derive", path("w")).failed(1, "is the file that is read");
        Path keras = Path.of("..", "interop", "src", "test", "resources", "keras", "lstm_last.keras");
        Rondo.run("import", keras.toString(), "--derive", path("d")).failed(1, "is a file of Keras");
    }

    @Test
    void refusesWhatIsNoFileOfWeights() throws IOException {
        Files.writeString(folder.resolve("layers.json"), LAYERS);
        Rondo.run("import", path("layers.json"), "--out", path("m.rondo")).failed(1,
                "neither a file of torch.save nor");
        Rondo.run("import", path("none.pt"), "--out", path("m.rondo")).failed(1, "none.pt", "no such file");
        Rondo.run("import", weights(), "--out", weights()).failed(1, "is the file that is read");
        Rondo.run("import", weights(), "--out", path("m.keras")).failed(1,
                "a model of Rondo is written, not what .keras files hold; give it the ending .rondo");
        Rondo.run("import", weights(), "--model", path("none.json"), "--out", path("m.rondo")).failed(1,
                "none.json");
    }

    @Test
    void saysWhatIsWrongWithWeightsAndLayers() throws IOException {
        Path keras = Path.of("..", "interop", "src", "test", "resources", "keras");
        Files.writeString(folder.resolve("layers.json"), LAYERS);
        Files.writeString(folder.resolve("keras.json"), "{\"class_name\": \"Sequential\", \"config\": {}}");
        Files.writeString(folder.resolve("wide.json"), LAYERS.replace("\"units\": 2", "\"units\": 7"));
        String out = path("m.rondo");
        Rondo.run("import", weights(), "--model", path("keras.json"), "--out", out).failed(1,
                "keras.json: is an architecture of Keras, but the weights are PyTorch's");
        Rondo.run("import", weights(), "--model", path("wide.json"), "--out", out).failed(1,
                "layer 2 (gru): no module has the weights of GRU with 7 units, for 3 features; left are 'fc' (Linear");
        Rondo.run("import", keras.resolve("lstm_last.keras").toString(), "--model", path("layers.json"), "--out", out)
                .failed(1, "layers.json: is no architecture of Keras", "model.to_json()");
        Safetensors.write(folder.resolve("empty"), Archive.of(new LinkedHashMap<>()));
        Rondo.run("import", path("empty"), "--out", out).failed(1, "has no weights of real numbers", "state_dict");
        Rondo.run("import", keras.resolve("lstm_last.keras").toString(), "--out", out).done();
        Rondo.run("import", out, "--out", path("n.rondo")).failed(1, "is a model of Rondo already");
        Rondo.run("import", keras.resolve("keras_each_step.keras").toString(), "--out", path("n.rondo")).done();
        Rondo.run("import", keras.resolve("text_functional.keras").toString(), "--out", path("t.rondo")).done();
        assertTrue(Rondo.run("predict", path("t.rondo"), "--text", "The cat.").done().out().contains("%"));
    }

    /// Weights of an Embedding, a GRU and a Linear, with numbers that say where they stand.
    private String weights() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("emb.weight", counting(5, 3));
        tensors.put("rnn.weight_ih_l0", counting(6, 3));
        tensors.put("rnn.weight_hh_l0", counting(6, 2));
        tensors.put("rnn.bias_ih_l0", counting(6));
        tensors.put("rnn.bias_hh_l0", counting(6));
        tensors.put("fc.weight", counting(4, 2));
        tensors.put("fc.bias", counting(4));
        Safetensors.write(folder.resolve("w"), Archive.of(tensors));
        return path("w");
    }

    private static Tensor counting(int... shape) {
        int size = 1;
        for (int axis : shape) {
            size *= axis;
        }
        float[] data = new float[size];
        for (int i = 0; i < size; i++) {
            data[i] = i;
        }
        return Tensor.of(data, shape);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
