package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.ModelFormatException;
import dev.rondo.tasks.text.Padding;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.tasks.text.Truncation;
import dev.rondo.tasks.text.VectorizingTokenizer;
import dev.rondo.tasks.text.VectorizingTokenizer.Split;
import dev.rondo.tasks.text.VectorizingTokenizer.Standardize;
import dev.rondo.tasks.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// How a Keras model turns texts or numbers into token ids before its first layer: what a TextVectorization, StringLookup or
/// IntegerLookup layer did.
///
/// ```java
/// int[] ids = imported.text().orElseThrow().encode("Isn't it lovely?");
/// ```
///
/// Immutable and safe for use by several threads.
public final class TextInput {
    static final Set<String> CLASSES = Set.of("TextVectorization", "StringLookup", "IntegerLookup");
    private static final String ADVICE = "; turn texts into ids in your program, and save the model from its Embedding on";

    private final String layer;
    private final List<String> vocabulary;
    private final Map<String, Integer> ids = new HashMap<>();
    private final int unknown;
    private final VectorizingTokenizer tokenizer;
    private final OptionalInt length;

    private TextInput(String layer, List<String> vocabulary, int unknown, VectorizingTokenizer tokenizer,
            OptionalInt length) {
        this.layer = layer;
        this.vocabulary = List.copyOf(vocabulary);
        this.unknown = unknown;
        this.tokenizer = tokenizer;
        this.length = length;
        for (int id = 0; id < vocabulary.size(); id++) {
            ids.putIfAbsent(vocabulary.get(id), id);
        }
    }

    /// The layer's name in Keras.
    public String layer() {
        return layer;
    }

    /// The token of each id: first that of padding (empty) where there is one, then that of unknown words.
    public List<String> vocabulary() {
        return vocabulary;
    }

    /// To how many ids a text is cut or padded with 0, empty for any number.
    public OptionalInt length() {
        return length;
    }

    /// {@return whether a layer of a class turns texts or words into ids}
    static boolean isOf(String className) {
        return CLASSES.contains(className);
    }

    /// Reads such a layer.
    ///
    /// @param stored the lines of its vocabulary file, empty if there is none
    static TextInput read(String className, String name, JsonNode config, List<String> stored, String place)
            throws ModelFormatException {
        refuse(config.path("ngrams"), "ngrams", place);
        refuse(config.path("idf_weights"), "idf_weights", place);
        if (config.path("invert").asBoolean(false) || !config.path("output_mode").asString("int").equals("int")) {
            throw new ModelFormatException(place, "gives something else than ids (output_mode "
                    + config.path("output_mode") + ", invert " + config.path("invert") + ")" + ADVICE);
        }
        boolean texts = className.equals("TextVectorization");
        boolean numbers = className.equals("IntegerLookup");
        List<String> special = new ArrayList<>();
        JsonNode mask = config.path("mask_token");
        if (texts || mask.isString() || numbers && mask.isIntegralNumber()) {
            special.add(mask.asString(""));
        }
        int unknown = special.size();
        int unknowns = texts ? 1 : config.path("num_oov_indices").asInt(1);
        if (unknowns != 1) {
            throw new ModelFormatException(place,
                    "has " + unknowns + " ids for unknown words; Rondo reads layers with one"
                            + ADVICE);
        }
        special.add(config.path("oov_token").asString(numbers ? "-1" : "[UNK]"));
        List<String> words = words(config.path("vocabulary"), stored, numbers, place);
        if (!words.subList(0, Math.min(special.size(), words.size())).equals(special)) {
            words.addAll(0, special);
        }
        JsonNode length = config.path("output_sequence_length");
        VectorizingTokenizer tokenizer = new VectorizingTokenizer(
                choice(config.path("standardize"), Standardize.class, texts, "standardize", place),
                choice(config.path("split"), Split.class, texts, "split", place), VectorizingTokenizer.UNKNOWN);
        return new TextInput(name, words, unknown, tokenizer,
                length.isInt() && length.intValue() > 0 ? OptionalInt.of(length.intValue()) : OptionalInt.empty());
    }

    private static void refuse(JsonNode value, String key, String place) throws ModelFormatException {
        if (!value.isNull() && !value.isMissingNode()) {
            throw new ModelFormatException(place, "'" + key + "' is set, which Rondo has not" + ADVICE);
        }
    }

    private static List<String> words(JsonNode config, List<String> stored, boolean numbers, String place)
            throws ModelFormatException {
        List<String> words = new ArrayList<>();
        for (JsonNode word : config) {
            if (numbers ? !word.isIntegralNumber() : !word.isString()) {
                throw new ModelFormatException(place, "'vocabulary' holds " + quote(word.toString())
                        + "; expected " + (numbers ? "whole numbers" : "texts"));
            }
            words.add(word.asString());
        }
        if (words.isEmpty()) {
            words.addAll(stored);
        }
        if (words.isEmpty()) {
            throw new ModelFormatException(place,
                    "has no vocabulary in the file; call adapt or give it one, and save the "
                            + "model as .keras");
        }
        return words;
    }

    private static <E extends Enum<E>> E choice(JsonNode value, Class<E> type, boolean texts, String key, String place)
            throws ModelFormatException {
        if (!texts || value.isNull() || value.isMissingNode()) {
            return Enum.valueOf(type, "NONE");
        }
        for (E constant : type.getEnumConstants()) {
            if (value.isString() && constant.name().toLowerCase(Locale.ROOT).equals(value.stringValue())) {
                return constant;
            }
        }
        throw new ModelFormatException(place, "'" + key + "' is " + quote(value.toString())
                + ", a function of your own" + ADVICE);
    }

    /// The ids of numbers, as an IntegerLookup in Keras gives them.
    public int[] encode(long... numbers) {
        return Arrays.stream(numbers).mapToInt(number -> ids.getOrDefault(Long.toString(number), unknown)).toArray();
    }

    /// The ids of a text, or of a word for a StringLookup, as the layer in Keras gives them.
    public int[] encode(String text) {
        int[] encoded = tokenizer.cut(text).stream().mapToInt(word -> ids.getOrDefault(word, unknown)).toArray();
        return length.isPresent() ? Arrays.copyOf(encoded, length.getAsInt()) : encoded;
    }

    /// What a [dev.rondo.tasks.TextClassifier] needs to make the same ids of texts.
    ///
    /// A text without words becomes the id of unknown words, as a sequence is never empty, unless it is padded to a length.
    ///
    /// @throws IllegalArgumentException if the layer takes words and no texts, or the vocabulary has a token that no vocabulary of Rondo
    ///         may have
    public TextEncoder encoder() {
        boolean usual = vocabulary.size() > 2 && vocabulary.getFirst().isEmpty() && unknown == 1
                && vocabulary.get(1).equals(tokenizer.unknownToken());
        if (!usual || tokenizer.split() == Split.NONE) {
            throw new IllegalArgumentException("the layer " + layer + " does not cut texts into words of which 0 is "
                    + "padding and 1 the unknown word");
        }
        TextPipeline pipeline = new TextPipeline(tokenizer, 0, 1, length.orElse(0), Truncation.POST,
                length.isPresent() ? Padding.POST : null);
        return new TextEncoder(pipeline,
                Vocabulary.of(vocabulary.subList(2, vocabulary.size()), tokenizer.unknownToken()));
    }

    /// The vocabulary as a file: the token of id k on line k + 1.
    ///
    /// @throws IllegalArgumentException if a token has a line end
    public String lines() {
        for (String word : vocabulary) {
            if (word.indexOf('\n') >= 0 || word.indexOf('\r') >= 0) {
                throw new IllegalArgumentException("the vocabulary has a token with a line end; leave it out");
            }
        }
        return String.join("\n", vocabulary) + "\n";
    }
}
