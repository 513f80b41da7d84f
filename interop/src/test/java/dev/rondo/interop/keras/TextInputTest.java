package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Json;
import dev.rondo.io.Provenance;
import dev.rondo.nn.Sequential;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.TextClassifier.Prediction;
import dev.rondo.tensor.IntTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Texts become the ids that Keras's layer made of them.
class TextInputTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"text", "text_free", "text_characters"})
    void encodesAsKeras(String name) throws IOException {
        TextInput text = KerasFiles.read(name, folder).text().orElseThrow();
        List<String> lines = new String(KerasFiles.bytes("texts.txt"), StandardCharsets.UTF_8).lines().toList();
        IntTensor ids = Objects.requireNonNull(KerasFiles.tensors(name).ints().get("input_0"));
        int steps = ids.shape()[1];
        for (int i = 0; i < lines.size(); i++) {
            int[] expected = Arrays.copyOfRange(ids.data(), i * steps, (i + 1) * steps);
            assertArrayEquals(expected, Arrays.copyOf(text.encode(lines.get(i)), steps), lines.get(i));
        }
        assertEquals(name.equals("text") ? OptionalInt.of(6) : OptionalInt.empty(), text.length());
        assertEquals(List.of("", "[UNK]"), text.vocabulary().subList(0, 2));
        assertEquals(text.vocabulary(), List.of(text.lines().split("\n", -1)).subList(0, text.vocabulary().size()));
    }

    /// From raw texts to the probabilities that Keras gave; saving and loading included. Both compute in float32.
    @ParameterizedTest
    @ValueSource(strings = {"classify_two", "classify_three", "classify_letters"})
    void classifiesTextsAsKeras(String name) throws IOException {
        KerasModel imported = KerasFiles.read(name, folder);
        JsonNode said = Json.read(KerasFiles.bytes("classify.json"), "classify.json");
        int classes = Math.max(2, said.path(name).path(0).size());
        List<String> names = List.of("a", "b", "c").subList(0, classes);
        Path file = folder.resolve("m.rondo");
        TextClassifier.of((Sequential) imported.model(), imported.text().orElseThrow().encoder(), names,
                new Provenance(List.of(), 0, 0, new LinkedHashMap<>(), Provenance.Environment.here(1, 1),
                        Instant.EPOCH))
                .save(file);
        TextClassifier classifier = TextClassifier.load(file);
        List<String> texts = said.path("texts").valueStream().map(JsonNode::stringValue).toList();
        List<Prediction> predictions = classifier.predict(texts);
        for (int i = 0; i < texts.size(); i++) {
            JsonNode expected = said.path(name).path(i);
            Prediction alone = classifier.predict(texts.get(i));
            assertEquals(alone, predictions.get(i));
            for (int c = 0; c < classes; c++) {
                double probability = expected.size() > 1 ? expected.path(c).doubleValue()
                        : c == 1 ? expected.path(0).doubleValue() : 1 - expected.path(0).doubleValue();
                assertEquals(probability, alone.probabilities().get(names.get(c)), 1e-5, texts.get(i));
            }
        }
    }

    @Test
    void aLookupOfWordsIsNoEncoderOfTexts() throws IOException {
        TextInput words = KerasFiles.read("words", folder).text().orElseThrow();
        var e = assertThrows(IllegalArgumentException.class, words::encoder);
        assertTrue(String.valueOf(e.getMessage()).contains("does not cut texts into words"), e.getMessage());
    }

    @Test
    void looksUpWords() throws IOException {
        TextInput text = KerasFiles.read("words", folder).text().orElseThrow();
        assertEquals(List.of("", "[UNK]", "song", "cat", "mat"), text.vocabulary());
        int[] ids = Objects.requireNonNull(KerasFiles.tensors("words").ints().get("input_0")).data();
        List<String> words = List.of("cat", "song", "dog", "mat", "", "cat");
        for (int i = 0; i < ids.length; i++) {
            assertArrayEquals(new int[] {ids[i]}, text.encode(words.get(i)));
        }
    }

    @Test
    void looksUpNumbers() throws IOException {
        TextInput free = KerasFiles.read("numbers", folder).text().orElseThrow();
        assertEquals(List.of("-1", "12", "700", "-5"), free.vocabulary());
        int[] ids = Objects.requireNonNull(KerasFiles.tensors("numbers").ints().get("input_0")).data();
        assertArrayEquals(ids, free.encode(700, -5, 12, 0, 3, 12, 12, 700));
        TextInput masked = KerasFiles.read("numbers_masked", folder).text().orElseThrow();
        assertEquals(List.of("0", "-1"), masked.vocabulary().subList(0, 2));
        int[] zeros = Objects.requireNonNull(KerasFiles.tensors("numbers_masked").ints().get("input_0")).data();
        assertArrayEquals(zeros, masked.encode(700, -5, 12, 0, 3, 12, 12, 700));
        assertEquals(1, masked.encode(99)[0]);
    }

    @Test
    void readsTheFirstLayerOfAFunctionalModel() throws IOException {
        KerasModel imported = KerasFiles.read("text_functional", folder);
        TextInput text = imported.text().orElseThrow();
        int[] ids = Objects.requireNonNull(KerasFiles.tensors("text_functional").ints().get("input_0")).data();
        assertArrayEquals(Arrays.copyOf(ids, 4), text.encode("The cat."));
        assertArrayEquals(Arrays.copyOfRange(ids, 4, 8), text.encode("a mat, the mat on the mat"));
        assertTrue(imported.model() instanceof Sequential, "a chain of layers that begins with texts is a stack");
    }
}
