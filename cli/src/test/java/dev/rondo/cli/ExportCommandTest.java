package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.interop.keras.KerasModel;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.Provenance;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SavedModel;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    @TempDir
    private Path folder;

    @Test
    void writesWhatTheEndingSays() throws IOException {
        Model model = Sequential.of(Signature.tokens(), Embedding.of(9, 4), Lstm.of(3), Dense.of(1));
        save(model);
        String said = Rondo.run("export", path("m.rondo"), "--out", path("m.onnx")).done().out();
        assertTrue(said.startsWith("exported " + path("m.onnx")), said);
        assertTrue(Files.size(folder.resolve("m.onnx")) > 4 * 100, "weights");
        Rondo.run("export", path("m.rondo"), "--out", path("s.onnx"), "--stateful", "--json").done().json();
        Rondo.run("export", path("m.rondo"), "--out", path("r.onnx"), "--stateful", "--require-states").done();
        assertTrue(Files.size(folder.resolve("r.onnx")) < Files.size(folder.resolve("s.onnx")), "zeros of its own");
        Rondo.run("export", path("m.rondo"), "--out", path("m.keras")).done();
        Model back = KerasModel.read(folder.resolve("m.keras")).model();
        for (int i = 0; i < back.parameters().size(); i++) {
            assertArrayEquals(model.parameters().get(i).values(), back.parameters().get(i).values());
        }
        Rondo.run("export", path("m.rondo"), "--out", path("k.safetensors")).done();
        Rondo.run("export", path("m.rondo"), "--out", path("t.safetensors"), "--names", "pytorch").done();
        assertTrue(names("k.safetensors").contains("lstm/lstm_cell/recurrent_kernel"));
        assertTrue(names("t.safetensors").contains("lstm.weight_hh_l0"));
        Rondo.run("import", path("t.safetensors"), "--out", path("t.rondo"), "--json").failed(1, "reads the last step");
    }

    @Test
    void refusesWhatTheFormatHasNot() throws IOException {
        save(Sequential.of(Signature.sequence(2), Bidirectional.of(Gru.of(3).resetBefore())));
        Rondo.run("export", path("m.rondo"), "--out", path("m.onnx"), "--stateful").failed(1,
                "layer \"bidirectional\" (bidirectional) reads backwards");
        Rondo.run("export", path("m.rondo"), "--out", path("m.safetensors"), "--names", "pytorch").failed(1,
                "its reset gate before the product, which PyTorch's has not");
        Rondo.run("export", path("m.rondo"), "--out", path("m.pt")).failed(2, "give .onnx, .keras or .safetensors");
        Rondo.run("export", path("m.rondo"), "--out", path("m.keras"), "--stateful").failed(2,
                "--stateful is for .onnx files");
        Rondo.run("export", path("m.rondo"), "--out", path("m.onnx"), "--require-states").failed(2,
                "--require-states goes with --stateful");
        Rondo.run("export", path("m.rondo"), "--out", path("m.onnx"), "--names", "keras").failed(2,
                "--names is for .safetensors files");
        Rondo.run("export", path("m.rondo"), "--out", path("m.rondo")).failed(1, "is the file that is read");
        assertFalse(Files.exists(folder.resolve("m.onnx")));
        assertEquals(1, Files.list(folder).count(), "files");
    }

    private void save(Model model) throws IOException {
        Provenance provenance = new Provenance(List.of(), 0, 0, new LinkedHashMap<>(),
                Provenance.Environment.here(1, 1), Instant.EPOCH);
        SavedModel.of("Test", model, Json.mapper().createObjectNode(), Optional.empty(), provenance)
                .save(folder.resolve("m.rondo"));
    }

    private List<String> names(String file) throws IOException {
        return List.copyOf(Safetensors.read(folder.resolve(file), Limits.defaults()).tensors().keySet());
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
