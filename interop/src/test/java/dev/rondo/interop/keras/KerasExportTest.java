package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Archive;
import dev.rondo.io.Limits;
import dev.rondo.io.Safetensors;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.op.Activation;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is exported for Keras comes back the same, and Keras itself computes the same with it.
class KerasExportTest {
    @TempDir
    Path folder = Path.of("");

    static List<String> models() {
        return KerasFiles.names("index.txt");
    }

    @ParameterizedTest
    @MethodSource("models")
    void comesBackTheSame(String name) throws IOException {
        Model model = KerasFiles.read(name, folder).model();
        Path file = folder.resolve("exported.keras");
        KerasExport.of(model).write(file);
        Model back = KerasModel.read(file).model();
        List<Tensor> inputs = KerasFiles.all(KerasFiles.tensors(name), "input");
        List<Tensor> expected = KerasFiles.run(model, inputs);
        List<Tensor> found = KerasFiles.run(back, inputs);
        assertEquals(expected.size(), found.size(), "number of outputs");
        for (int o = 0; o < expected.size(); o++) {
            assertArrayEquals(expected.get(o).shape(), found.get(o).shape());
            assertArrayEquals(expected.get(o).data(), found.get(o).data(), "output " + o + ", to the last bit");
        }
    }

    @Test
    void weightsHaveTheNamesOfKeras() throws IOException {
        Model model = Sequential.of(Signature.sequence(3), Lstm.of(2), Dense.of(1));
        Path file = folder.resolve("w.safetensors");
        KerasExport.of(model).writeWeights(file);
        Archive archive = Safetensors.read(file, Limits.defaults());
        assertEquals(List.of("dense/bias", "dense/kernel", "lstm/lstm_cell/bias", "lstm/lstm_cell/kernel",
                "lstm/lstm_cell/recurrent_kernel"), archive.tensors().keySet().stream().sorted().toList());
        assertArrayEquals(model.parameters().getFirst().values(),
                archive.tensors().get("lstm/lstm_cell/kernel").data());
    }

    @Test
    void refusesWhatKerasHasNot() {
        Model projected = Sequential.of(Signature.sequence(3), Lstm.of(4).projection(2));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> KerasExport.of(projected).write(folder.resolve("p.keras"))).getMessage()
                .startsWith("layer \"lstm\" (lstm) has a projection"));
        Model gelu = Sequential.of(Signature.vector(3), Dense.of(4).activation(Activation.GELU_TANH));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> KerasExport.of(gelu).write(folder.resolve("p.keras"))).getMessage()
                .startsWith("layer \"dense\" has the activation gelu_tanh"));
    }

    /// Keras 3 takes all steps where it is given a state.
    @Test
    void refusesToSkipMaskedStepsWithAGivenState() throws IOException {
        for (boolean masks : new boolean[] {true, false}) {
            for (boolean skips : new boolean[] {true, false}) {
                GraphBuilder b = Graph.builder(3);
                var ids = b.input("ids", Signature.tokens());
                var h = b.input("h", Signature.vector(2));
                RecurrentOptions options = RecurrentOptions.of();
                Gru reader = Gru.of(2).options(skips ? options : options.withoutMaskingGivenState());
                Embedding table = Embedding.of(5, 3);
                KerasExport export = KerasExport.of(b.build(b.layer("reader", reader)
                        .on(b.add(Dense.of(3), b.add(masks ? table.maskZero() : table, ids)), h)));
                Path file = folder.resolve(masks + "-" + skips + ".keras");
                if (masks && skips) {
                    String message = assertThrows(IllegalArgumentException.class, () -> export.write(file))
                            .getMessage();
                    assertTrue(message.startsWith("layer \"reader\" skips masked steps"), message);
                } else {
                    export.write(file);
                    assertTrue(KerasModel.read(file).model() instanceof Graph, "reads back");
                }
            }
        }
    }

    /// Needs a Python with Keras: the environment variable RONDO_PYTHON, or python3.
    @Test
    void kerasComputesTheSame() throws IOException, InterruptedException {
        String given = System.getenv("RONDO_PYTHON");
        String python = given == null ? "python3" : given;
        Assumptions.assumeTrue(hasKeras(python), () -> say("SKIPPED: Keras was not asked about exported files, as \""
                + python + "\" has no Keras; set RONDO_PYTHON to a Python with keras and jax or torch"));
        Path cases = Files.createDirectory(folder.resolve("cases"));
        for (String name : models()) {
            KerasExport export = KerasExport.of(KerasFiles.read(name, folder).model());
            export.write(cases.resolve(name + ".keras"));
            export.writeWeights(cases.resolve(name + ".weights.safetensors"));
            Files.write(cases.resolve(name + ".safetensors"), KerasFiles.bytes(name + ".safetensors"));
        }
        Path script = Path.of("src", "test", "python", "check_keras_export.py");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(python, script.toString(), cases.toString()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), "the script does not end");
        String said = Files.readString(log, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("agree: " + models().size()), said);
    }

    private static String say(String line) {
        System.err.println(line);
        return line;
    }

    private static boolean hasKeras(String python) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(python, "-c",
                    "import importlib.util as u, sys; sys.exit(u.find_spec('keras') is None)")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
