package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.tensor.IntTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
}
