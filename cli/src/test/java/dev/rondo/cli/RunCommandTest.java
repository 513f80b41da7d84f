package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.infer.Session;
import dev.rondo.io.Archive;
import dev.rondo.io.Json;
import dev.rondo.io.Provenance;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SavedSequential;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    private static final IntTensor IDS = IntTensor.of(new int[] {1, 2, 3, 4, 5, 0}, 2, 3);

    @TempDir
    private Path folder;

    @Test
    void tokensGiveARowForEachSequence() throws IOException {
        Sequential model = save(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3), Dense.of(2));
        write(Map.of("input", IDS));
        Tensor output = run();
        assertArrayEquals(new int[] {2, 2}, output.shape());
        Session session = Session.open(model);
        assertArrayEquals(session.predict(new int[] {1, 2, 3}), Arrays.copyOfRange(output.data(), 0, 2), 1e-6f,
                "one batch or two rounds sums alike");
        assertArrayEquals(session.predict(new int[] {4, 5, 0}), Arrays.copyOfRange(output.data(), 2, 4), 1e-6f);
    }

    @Test
    void wholeFloatsAreTokensToo() throws IOException {
        save(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3), Dense.of(2));
        write(Map.of("input", IDS));
        Tensor fromInts = run();
        write(Map.of("input", Tensor.of(new float[] {1, 2, 3, 4, 5, 0}, 2, 3)));
        assertArrayEquals(fromInts.data(), run().data());
    }

    @Test
    void lengthsCutSequences() throws IOException {
        Sequential model = save(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3), Dense.of(2));
        write(Map.of("input", IDS, "lengths", IntTensor.of(new int[] {1, 2}, 2)));
        assertArrayEquals(Session.open(model).predict(new int[] {4, 5}), Arrays.copyOfRange(run().data(), 2, 4), 1e-6f);
    }

    @Test
    void sequencesOfFeaturesGiveZerosBehindTheirEnd() throws IOException {
        Sequential model = save(Signature.sequence(2), Gru.of(3).returnSequences(), TimeDistributed.of(Dense.of(2)));
        write(Map.of("input", Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 3, 2),
                "lengths", IntTensor.of(new int[] {1, 3}, 2)));
        Tensor output = run();
        assertArrayEquals(new int[] {2, 3, 2}, output.shape());
        assertArrayEquals(Session.open(model).predict(new float[][] {{1, 2}}), Arrays.copyOfRange(output.data(), 0, 2),
                1e-6f);
        assertArrayEquals(new float[4], Arrays.copyOfRange(output.data(), 2, 6));
        assertFalse(Arrays.equals(new float[2], Arrays.copyOfRange(output.data(), 10, 12)));
    }

    @Test
    void inputThatDoesNotSuitTheModel() throws IOException {
        save(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3), Dense.of(2));
        write(Map.of("x", IDS));
        refused("no tensor 'input'", "x");
        write(Map.of("input", Tensor.of(new float[6], 1, 3, 2)));
        refused("[1, 3, 2]", "[B, T] token ids");
        write(Map.of("input", Tensor.of(new float[] {1, 2.5f}, 1, 2)));
        refused("2.5", "[0, 1]");
        write(Map.of("input", IntTensor.of(new int[] {1, 6}, 1, 2)));
        refused("token id 6", "[0, 1]", "0 to 5");
        write(Map.of("input", IntTensor.of(new int[] {-1, 1}, 1, 2)));
        refused("token id -1");
        write(Map.of("input", IDS, "lengths", IntTensor.of(new int[] {1, 4}, 2)));
        refused("length 4 of sequence 1", "1 to 3");
        write(Map.of("input", IDS, "lengths", IntTensor.of(new int[] {1}, 1)));
        refused("lengths", "[1]", "[2]");
        write(Map.of("input", IDS, "lengths", Tensor.of(new float[] {1, 1}, 2)));
        refused("lengths", "I32");
        write(Map.of("input", IntTensor.of(new int[0], 2, 0)));
        refused("no steps");
        write(Map.of());
        refused("no tensor 'input', which the model takes as [B, T] token ids; the file is empty");
        write(Map.of("input", IntTensor.of(new int[0], 0, 3)));
        refused("shape [0, 3]", "at least one");
    }

    @Test
    void shapesThatDoNotSuitTheModel() throws IOException {
        save(Signature.sequence(2).steps(3), Gru.of(3));
        write(Map.of("input", Tensor.of(new float[9], 1, 3, 3)));
        refused("[1, 3, 3]", "[B, 3, 2]", "store 2 features");
        write(Map.of("input", Tensor.of(new float[4], 1, 2, 2)));
        refused("[1, 2, 2]", "fill them up to 3 steps");
        save(Signature.vector(2), Dense.of(3));
        write(Map.of("input", Tensor.of(new float[4], 1, 2, 2)));
        refused("[1, 2, 2]", "store it with 2 axes");
        write(Map.of("input", Tensor.of(new float[2], 1, 2), "lengths", IntTensor.of(new int[] {1}, 1)));
        refused("has a tensor 'lengths', but the model takes [B, 2] and no sequences");
    }

    @Test
    void featuresThatAreNotFinite() throws IOException {
        save(Signature.sequence(2), Gru.of(3));
        write(Map.of("input", Tensor.of(new float[] {1, Float.NaN}, 1, 1, 2)));
        refused("NaN", "sample 0, step 0, feature 1");
    }

    @Test
    void filesThatAreNoTensors() throws IOException {
        save(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3));
        Files.writeString(path("x.safetensors"), "hello, this is text");
        refused("x.safetensors");
        Files.delete(path("x.safetensors"));
        refused("x.safetensors", "no such file");
    }

    @Test
    void outputMustNotBeTheInput() throws IOException {
        save(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3));
        write(Map.of("input", IDS));
        String x = path("x.safetensors").toString();
        Rondo.run("run", path("m.rondo").toString(), "--input", x, "--output", x).failed(1, "x.safetensors",
                "the file that is read");
        assertEquals(IDS, Safetensors.read(path("x.safetensors")).ints().get("input"));
        Rondo.run("run", path("m.rondo").toString(), "--input", x, "--output", path("y.npy").toString()).failed(1,
                "a safetensors file is written, not what .npy files hold; give it the ending .safetensors");
    }

    private void refused(String... words) {
        Rondo.run("run", path("m.rondo").toString(), "--input", path("x.safetensors").toString(), "--output",
                path("y.safetensors").toString()).failed(1, words);
        assertFalse(Files.exists(path("y.safetensors")));
    }

    private Tensor run() throws IOException {
        String printed = Rondo.run("run", path("m.rondo").toString(), "--input", path("x.safetensors").toString(),
                "--output", path("y.safetensors").toString()).done().out();
        Tensor output = Safetensors.read(path("y.safetensors")).tensors().get("output");
        assertTrue(printed.contains(Arrays.toString(output.shape())), printed);
        return output;
    }

    private void write(Map<String, Object> tensors) throws IOException {
        var floats = new LinkedHashMap<String, Tensor>();
        var ints = new LinkedHashMap<String, IntTensor>();
        tensors.forEach((name, tensor) -> {
            if (tensor instanceof Tensor real) {
                floats.put(name, real);
            } else {
                ints.put(name, (IntTensor) tensor);
            }
        });
        Safetensors.write(path("x.safetensors"), new Archive(floats, ints, new LinkedHashMap<>()));
    }

    private Sequential save(Signature input, Layer... layers) throws IOException {
        Sequential model = Sequential.of(input, 3, List.of(layers));
        var provenance = new Provenance(List.of(), 3, 0, new LinkedHashMap<>(), Provenance.Environment.here(2, 1),
                Instant.EPOCH);
        SavedSequential.of("test", model, Json.mapper().createObjectNode(), Optional.empty(), provenance)
                .save(path("m.rondo"));
        return model;
    }

    private Path path(String name) {
        return folder.resolve(name);
    }
}
