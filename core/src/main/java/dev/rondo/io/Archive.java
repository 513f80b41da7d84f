package dev.rondo.io;

import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// Named tensors in order, with a map of texts about them: what a safetensors file holds.
///
/// The maps are copied and cannot be changed; the tensors are shared.
///
/// @param tensors  the float32 tensors by name
/// @param ints     the int32 tensors by name; no name may be in `tensors` too
/// @param metadata texts by name
public record Archive(
        SequencedMap<String, Tensor> tensors,
        SequencedMap<String, IntTensor> ints,
        SequencedMap<String, String> metadata) {

    static final String METADATA = "__metadata__";

    /// Copies the maps and checks the names.
    ///
    /// @throws IllegalArgumentException if a name is used twice, is `__metadata__`, a text is not well-formed Unicode,
    ///         a name or key is longer than 4,096 characters, or a metadata text longer than 1,048,576
    public Archive {
        tensors = copy(tensors);
        ints = copy(ints);
        metadata = copy(metadata);
        tensors.keySet().forEach(Archive::requireName);
        for (String name : ints.keySet()) {
            requireName(name);
            if (tensors.containsKey(name)) {
                throw new IllegalArgumentException("two tensors are named " + ModelFormatException.quote(name));
            }
        }
        metadata.forEach((key, value) -> {
            requireText(key, Json.LONGEST_NAME);
            requireText(value, Json.LONGEST_STRING);
        });
    }

    /// Makes an archive of float32 tensors alone.
    ///
    /// @param tensors the tensors by name
    /// @return the archive
    public static Archive of(SequencedMap<String, Tensor> tensors) {
        return new Archive(tensors, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    private static <T> SequencedMap<String, T> copy(SequencedMap<String, T> map) {
        for (Map.Entry<String, T> entry : map.entrySet()) {
            Objects.requireNonNull(entry.getKey(), "a name is null");
            Objects.requireNonNull(entry.getValue(), () -> "the value of " + entry.getKey() + " is null");
        }
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
    }

    private static void requireName(String name) {
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException("a tensor is named " + METADATA + ", which safetensors files use for "
                    + "texts; give it another name");
        }
        requireText(name, Json.LONGEST_NAME);
    }

    private static void requireText(String text, int longest) {
        if (text.length() > longest) {
            throw new IllegalArgumentException(ModelFormatException.quote(text) + " is longer than " + longest
                    + " characters; shorten it");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("half a surrogate pair in " + ModelFormatException.quote(text)
                    + "; it cannot be written as UTF-8");
        }
    }
}
