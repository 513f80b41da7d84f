package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import dev.rondo.io.ModelFile.Contents;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.op.Backend;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class SavedSequentialTest {
    private static final String ARCHITECTURE = "entry 'model.json': architecture: ";
    private static final String MISMATCH = "entries 'model.json' and 'weights.safetensors' do not fit together: ";

    @TempDir
    Path folder;
    Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("m.rondo");
    }

    @Test
    void everyBitComesBack() throws IOException {
        Sequential model = Sequential.of(Signature.tokens(), 5, List.of(
                Embedding.of(30, 7),
                Bidirectional.of(Lstm.of(4).returnSequences().withoutUnitForgetBias()),
                Gru.of(3).returnSequences(),
                Gru.of(3).resetBefore().returnSequences(),
                SimpleRnn.of(5).withoutBias().returnSequences(),
                Dropout.of(0.5),
                GlobalMaxPooling.of(),
                Dense.of(2).activation(Activation.SOFTMAX)));
        // Bits that arithmetic could lose: minus zero, the smallest and the largest number.
        float[] values = model.parameters().getFirst().values();
        values[0] = -Float.MAX_VALUE;
        values[1] = -0f;
        values[2] = Float.MIN_VALUE;
        model.parameters().getFirst().changed();
        Map<String, Tensor> weights = model.weights();
        ObjectNode task = Json.mapper().createObjectNode().put("kind", "classify").put("max_length", 50);

        SavedSequential saved = SavedSequential.of("Reviews", model, task, Optional.of("a\nb\n"), provenance());
        saved.save(file);
        SavedSequential loaded = SavedSequential.load(file);

        assertEquals(model.input(), loaded.model().input());
        assertEquals(model.layers(), loaded.model().layers());
        assertEquals(model.names(), loaded.model().names());
        assertEquals(weights, loaded.model().weights());
        assertEquals(0x80000000, Float.floatToRawIntBits(loaded.model().parameters().getFirst().values()[1]));
        assertEquals(task, loaded.task());
        assertEquals(Optional.of("a\nb\n"), loaded.vocabulary());
        assertEquals(provenance(), loaded.provenance());
        assertEquals(saved.card(), loaded.card());

        Path again = folder.resolve("again.rondo");
        loaded.save(again);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'class_name':'LSTM','config':{'units':1000000000}} | layer 1 (LSTM): lstm: units is 1000000000; it must be at most 23170
            {'class_name':'Rm -rf'} | layer 1: class_name 'Rm -rf' is not known; use Embedding,
            {'class_name':'Dropout','config':{'rate':-1}} | layer 1 (Dropout): dropout: rate is -1.0; it must be at least 0
            """)
    void aHostileLayerIsRefused(String layer, String problem) throws IOException {
        assertRefused(ARCHITECTURE + problem, layers(layer), archive -> {});
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'class_name':'LSTM','config':{'units':23170}} | weight 'lstm/kernel' [3, 92680] is missing; there are left [dense/kernel, dense/bias]
            {'class_name':'Dense','config':{'units':2147483647}} | weight 'dense/kernel' has shape [3, 2], but the layer needs [3, 2147483647]
            {'class_name':'Dense','config':{'units':2147483647}},{'class_name':'Dense','config':{'units':2147483647}} | weight 'dense/kernel' has shape [3, 2]
            {'class_name':'Embedding','config':{'input_dim':2147483647,'output_dim':1}} | embedding 'embedding' takes token ids, but its input is [B, T, 3]
            {'class_name':'Dense','config':{'units':2,'use_bias':false}} | weights [dense/bias] do not belong to the model; remove them
            {'class_name':'Dense','config':{'units':2}},{'class_name':'Dense','config':{'units':1}} | weight 'dense_1/kernel' [2, 1] is missing; there are left []
            """)
    void sizesThatTheWeightsDoNotHaveAreRefused(String layers, String problem) throws IOException {
        assertRefused(MISMATCH + problem, layers(layers), archive -> {});
    }

    @Test
    void wrongWeightsAreRefused() throws IOException {
        String dense = "{'class_name':'Dense','config':{'units':2}}";
        assertRefused(MISMATCH + "weight 'dense/bias' [2] is missing; there are left []", layers(dense),
                archive -> archive.remove("dense/bias"));
        assertRefused(MISMATCH + "weights [x, y] do not belong to the model", layers(dense), archive -> {
            archive.put("x", Tensor.zeros(1));
            archive.put("y", Tensor.zeros(0));
        });
        assertRefused(MISMATCH + "weight 'dense/bias' has shape [1, 2], but the layer needs [2]", layers(dense),
                archive -> archive.put("dense/bias", Tensor.zeros(1, 2)));
    }

    @Test
    void wrongTreesAreRefused() throws IOException {
        ObjectNode model = layers("{'class_name':'Dense','config':{'units':2}}");
        ObjectNode noTask = model.deepCopy();
        noTask.remove("task");
        assertRefused("entry 'model.json': 'task' is missing; add it", noTask, archive -> {});
        assertRefused("entry 'model.json': 'code' is not known; use architecture, frozen, task",
                model.deepCopy().put("code", "x"), archive -> {});
        assertRefused("entry 'model.json': 'architecture' is the text 'x'; expected an object",
                model.deepCopy().put("architecture", "x"), archive -> {});
        assertRefused("entry 'provenance.json': 'seed' is the text 'x'; expected a whole number", "seed", "\"x\"");
        assertRefused("entry 'provenance.json': epochs is -1; it must be at least 0", "epochs", "-1");
        assertRefused("entry 'provenance.json': 'metrics' has 'a', which is null; expected a number", "metrics",
                "{\"a\": null}");
        assertRefused("entry 'provenance.json': data 1: 'rows' is missing; add it", "data", "[{\"name\": \"a\"}]");
        assertRefused("entry 'provenance.json': sha256 is 'z'; expected 64 hexadecimal digits", "data",
                "[{\"name\": \"a\", \"rows\": 1, \"sha256\": \"z\"}]");
        assertRefused("entry 'provenance.json': 'date' is not a time such as", "date", "\"yesterday\"");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void weightsThatAreNotFiniteAreRefused(float bad) throws IOException {
        SequencedMap<String, Tensor> weights = denseWeights();
        weights.put("dense/bias", Tensor.of(new float[] {0, bad}, 2));
        assertRefused(
                "entry 'weights.safetensors': tensor 'dense/bias' holds " + bad
                        + ", so every answer would be worthless",
                layers("{'class_name':'Dense','config':{'units':2}}"), weights, provenance().json());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void weightsThatAreNotFiniteAreNotSaved(float bad) throws IOException {
        Sequential model = Sequential.of(Signature.sequence(3), Dense.of(2));
        model.parameters().getFirst().values()[5] = bad;
        model.parameters().getFirst().changed();
        SavedSequential saved = SavedSequential.of("Reviews", model, Json.mapper().createObjectNode(),
                Optional.empty(), provenance());
        Files.writeString(file, "an earlier model");
        String message = assertThrows(IllegalArgumentException.class, () -> saved.save(file)).getMessage();
        assertTrue(message.startsWith(file + ": not saved: weight 'dense/kernel' holds " + bad), message);
        assertEquals("an earlier model", Files.readString(file));
    }

    @Test
    void wholeNumbersAreNoWeights() throws IOException {
        SequencedMap<String, IntTensor> ints = new LinkedHashMap<>();
        ints.put("dense/bias", IntTensor.of(new int[2], 2));
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(Map.of("dense/kernel", Tensor.zeros(3, 2)));
        ModelFile.write(file, new Contents(layers("{'class_name':'Dense','config':{'units':2}}"),
                new Archive(tensors, ints, new LinkedHashMap<>()), Optional.empty(), provenance().json(), ""));
        String message = assertThrows(ModelFormatException.class, () -> SavedSequential.load(file)).getMessage();
        assertEquals(file + ": entry 'weights.safetensors': tensor 'dense/bias' has whole numbers; expected float32"
                + " alone", message);
    }

    @Test
    void theCardSaysWhatTheModelIs() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(1000, 8), Lstm.of(4), Dense.of(1));
        Locale locale = Locale.getDefault();
        String card;
        try {
            Locale.setDefault(Locale.GERMANY);
            card = SavedSequential.of("Good|bad\n# reviews", model, Json.mapper().createObjectNode(),
                    Optional.empty(), provenance()).card();
        } finally {
            Locale.setDefault(locale);
        }
        assertTrue(card.startsWith("# Good\\|bad\\\\u000a\\# reviews\n"), card);
        assertTrue(card.contains("3 layers with 8,213 parameters. It takes [B, T] token ids and gives [B, 1]"), card);
        assertTrue(card.contains("\nembedding                  [B, T, 8]                     8,000\n"), card);
        assertTrue(card.contains("\n| accuracy | 0.91250 |\n"), card);
        assertTrue(card.contains("\n| data | data/train.csv.gz, 25,000 rows, SHA-256 " + "0a".repeat(32) + " |\n"),
                card);
        assertTrue(card.contains("\n| seed | -42 |\n"), card);
        assertFalse(card.contains("\r"), card);
    }

    @Test
    void provenanceTakesFiniteNumbersAlone() {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>(Map.of("loss", Double.NaN));
        Provenance good = provenance();
        assertEquals("metric 'loss' is NaN; a model file holds finite numbers: leave it out",
                assertThrows(IllegalArgumentException.class, () -> new Provenance(good.data(), 1, 1, metrics,
                        good.environment(), good.date())).getMessage());
    }

    @Test
    void theEnvironmentIsThisProgram() {
        Provenance.Environment here = Provenance.Environment.here(4, 2);
        assertEquals(Runtime.version().toString(), here.java());
        assertEquals(Backend.name(), here.kernels());
        assertTrue(here.kernels().matches("scalar|vector-[0-9]+"), here.kernels());
    }

    @Test
    void aFileOfJsonIsReadWithinItsLimit() throws IOException {
        Path json = folder.resolve("m.json");
        Files.writeString(json, "{\"epochs\": 3}");
        assertEquals(Json.mapper().createObjectNode().put("epochs", 3), Json.read(json, Limits.defaults()));
        assertEquals(Json.mapper().createObjectNode().put("epochs", 3),
                Json.read(json, Limits.defaults().jsonBytes(13)));
        assertEquals(json + ": has more than the limit of 12 bytes; raise the limit 'jsonBytes' if you trust the file",
                assertThrows(ModelFormatException.class, () -> Json.read(json, Limits.defaults().jsonBytes(12)))
                        .getMessage());
        Path missing = folder.resolve("none.json");
        assertEquals("cannot read " + missing + ": no such file; check the name",
                assertThrows(IOException.class, () -> Json.read(missing, Limits.defaults())).getMessage());
    }

    private static Provenance provenance() {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss", 0.25);
        metrics.put("accuracy", 0.9125);
        return new Provenance(List.of(new Provenance.Data("data/train.csv.gz", 25_000, "0a".repeat(32))), -42, 3,
                metrics, new Provenance.Environment("0.1.0", "25.0.1+8-LTS", "vector-256", 4, 2),
                Instant.parse("2026-01-31T12:34:56.789Z"));
    }

    private static ObjectNode layers(String layers) throws ModelFormatException {
        String json = "{'architecture': {'input': {'kind': 'sequence', 'features': 3}, 'layers': [" + layers
                + "]}, 'task': {}}";
        return Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "test");
    }

    private static SequencedMap<String, Tensor> denseWeights() {
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("dense/kernel", Tensor.zeros(3, 2));
        weights.put("dense/bias", Tensor.zeros(2));
        return weights;
    }

    private void assertRefused(String problem, ObjectNode model, Consumer<Map<String, Tensor>> change)
            throws IOException {
        SequencedMap<String, Tensor> weights = denseWeights();
        change.accept(weights);
        assertRefused(problem, model, weights, provenance().json());
    }

    private void assertRefused(String problem, String key, String value) throws IOException {
        ObjectNode provenance = provenance().json();
        provenance.set(key, Json.mapper().readTree(value));
        ObjectNode model = layers("{'class_name':'Dense','config':{'units':2}}");
        assertRefused(problem, model, denseWeights(), provenance);
    }

    private void assertRefused(String problem, ObjectNode model, SequencedMap<String, Tensor> weights,
            ObjectNode provenance) throws IOException {
        ModelFile.write(file, new Contents(model, Archive.of(weights), Optional.empty(), provenance, ""));
        // A guard against hanging: a load of these few bytes takes milliseconds.
        String message = assertTimeoutPreemptively(Duration.ofSeconds(60), () -> assertThrows(
                ModelFormatException.class, () -> SavedSequential.load(file))).getMessage().replace('"', '\'');
        String expected = file + ": " + problem;
        assertEquals(expected, message.substring(0, Math.min(expected.length(), message.length())), message);
        assertEquals(1, message.lines().count());
    }

    /// Text that repeats packs better than what a reader allows.
    @Test
    void manyLikeLayersComeBack() throws IOException {
        Sequential model = Sequential.of(Signature.vector(1), 0, Collections.nCopies(SequentialJson.MOST_LAYERS,
                Dropout.of(0.5)));
        SavedSequential.of("Many", model, Json.mapper().createObjectNode(), Optional.empty(), provenance())
                .save(file);
        assertEquals(model.layers(), SavedSequential.load(file).model().layers());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "UpSampling1D       | {'size': 2147483647}                           | up_sampling1d",
            "ZeroPadding1D      | {'padding': [2147483647, 2147483647]}          | zero_padding1d",
            "Reshape            | {'target_shape': [65536, 65536]}               | reshape",
            "Conv1D             | {'filters': 1, 'kernel_size': 65536, 'dilation_rate': 65536} | window"})
    void sizesBeyondAnArrayAreRefused(String layer, String config, String says) throws IOException {
        ObjectNode model = Json.read(("{'architecture': {'input': {'kind': 'sequence', 'features': 2, 'steps': 3},"
                + "'layers': [{'class_name': '" + layer + "', 'config': " + config + "}]}, 'task': {}}").replace('\'',
                        '"')
                .getBytes(StandardCharsets.UTF_8), "test");
        ModelFile.write(file, new Contents(model, Archive.of(new LinkedHashMap<>()), Optional.empty(),
                provenance().json(), ""));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> SavedSequential.load(file));
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }
}
