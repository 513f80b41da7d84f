package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.infer.TensorRun;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.io.Archive;
import dev.rondo.io.Safetensors;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.op.Activation;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is exported for PyTorch comes back the same, and PyTorch itself computes the same with it.
class TorchExportTest {
    @TempDir
    private Path folder = Path.of("");

    /// One of each, no two of the same shapes, as a safetensors file does not say which comes first; check_torch_export.py has the same.
    private static Sequential model() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(11, 5),
                Bidirectional.of(Lstm.of(3).returnSequences()), LayerNormalization.of().epsilon(1e-5),
                Gru.of(4).returnSequences(), Lstm.of(6).projection(2).returnSequences(),
                Conv1d.of(7, 2), BatchNormalization.of().epsilon(1e-5),
                SimpleRnn.of(8).activation(Activation.RELU), Dense.of(2).activation(Activation.TANH));
        SplittableRandom random = new SplittableRandom(3);
        for (Parameter parameter : model.parameters()) {
            float[] values = new float[parameter.size()];
            boolean positive = parameter.name().endsWith("variance");
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(positive ? 0.5 : -0.7, positive ? 2 : 0.7);
            }
            parameter.set(Tensor.of(values, parameter.shape()));
        }
        return model;
    }

    @Test
    void comesBackTheSame() throws IOException {
        Sequential model = model();
        Path file = folder.resolve("w.safetensors");
        TorchExport.of(model).write(file);
        Sequential back = TorchImport.model(StateDict.read(file), Architecture.of(model));
        for (int i = 0; i < back.parameters().size(); i++) {
            assertEquals(model.parameters().get(i).name(), back.parameters().get(i).name());
            assertArrayEquals(model.parameters().get(i).values(), back.parameters().get(i).values());
        }
    }

    @Test
    void refusesWhatPyTorchHasNot() {
        assertRefused("layer \"gru\" (gru) has its reset gate before", Gru.of(3).resetBefore());
        assertRefused("layer \"lstm\" (lstm) has other activations", Lstm.of(3).activation(Activation.RELU));
        assertRefused("layer \"simple_rnn\" (simple_rnn) has another activation",
                SimpleRnn.of(3).activation(Activation.ELU));
    }

    private static void assertRefused(String message, dev.rondo.nn.Layer layer) {
        TorchExport export = TorchExport.of(Sequential.of(Signature.sequence(2), layer));
        String said = assertThrows(IllegalArgumentException.class, export::weights).getMessage();
        assertTrue(said.startsWith(message), said);
    }

    /// Needs a Python with PyTorch: the environment variable RONDO_PYTHON, or python3.
    @Test
    void pyTorchComputesTheSame() throws IOException, InterruptedException {
        String given = System.getenv("RONDO_PYTHON");
        String python = given == null ? "python3" : given;
        Assumptions.assumeTrue(hasTorch(python),
                () -> say("SKIPPED: PyTorch was not asked about exported weights, as \""
                        + python + "\" has no torch; set RONDO_PYTHON to a Python with torch"));
        Sequential model = model();
        TorchExport.of(model).write(folder.resolve("w.safetensors"));
        int[] ids = new SplittableRandom(5).ints(3 * 6, 0, 11).toArray();
        float[] numbers = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            numbers[i] = ids[i];
        }
        Tensor output = TensorRun.of(model, List.of(model.input())).run(List.of(Tensor.of(numbers, 3, 6))).getFirst();
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("output", output);
        var ints = new LinkedHashMap<String, IntTensor>();
        ints.put("input", IntTensor.of(ids, 3, 6));
        Safetensors.write(folder.resolve("data.safetensors"), new Archive(tensors, ints, new LinkedHashMap<>()));
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(python,
                Path.of("src", "test", "python", "check_torch_export.py").toString(), folder.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the script does not end");
        String said = Files.readString(log, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("agree"), said);
    }

    private static String say(String line) {
        System.err.println(line);
        return line;
    }

    private static boolean hasTorch(String python) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(python, "-c",
                    "import importlib.util as u, sys; sys.exit(u.find_spec('torch') is None)")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
