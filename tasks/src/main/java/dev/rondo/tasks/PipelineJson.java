package dev.rondo.tasks;

import dev.rondo.io.Fields;
import dev.rondo.io.Json;
import dev.rondo.io.ModelFormatException;
import dev.rondo.tasks.text.KerasTokenizer;
import dev.rondo.tasks.text.Padding;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.tasks.text.Tokenizer;
import dev.rondo.tasks.text.Truncation;
import dev.rondo.tasks.text.UnicodeTokenizer;
import dev.rondo.tasks.text.VectorizingTokenizer;
import dev.rondo.tasks.text.VectorizingTokenizer.Split;
import dev.rondo.tasks.text.VectorizingTokenizer.Standardize;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How texts become token ids, as JSON.
final class PipelineJson {
    private static final String NONE = "none";

    private PipelineJson() {}

    static ObjectNode write(TextPipeline text) {
        ObjectNode json = Json.mapper().createObjectNode();
        ObjectNode tokenizer = json.putObject("tokenizer");
        switch (text.tokenizer()) {
            case KerasTokenizer(String filters, boolean lowerCase, String unknownToken) -> {
                tokenizer.put("type", "keras").put("filters", filters).put("lower_case", lowerCase);
                if (unknownToken != null) {
                    tokenizer.put("unknown_token", unknownToken);
                }
            }
            case UnicodeTokenizer(boolean lowerCase, boolean removeTags, String punctuation) ->
                tokenizer.put("type", "unicode").put("lower_case", lowerCase).put("remove_tags", removeTags)
                        .put("punctuation", punctuation);
            case VectorizingTokenizer of -> tokenizer.put("type", "vectorization")
                    .put("standardize", id(of.standardize())).put("split", id(of.split()))
                    .put("unknown_token", of.unknownToken());
        }
        Padding padding = text.padding();
        return json.put("vocabulary_size", text.vocabularySize())
                .put("min_count", text.minCount())
                .put("max_length", text.maxLength())
                .put("padding", padding == null ? NONE : id(padding))
                .put("truncation", id(text.truncation()));
    }

    /// Reads a pipeline; what is left out is Keras's where the file names that tokenizer, else the default.
    static TextPipeline read(JsonNode json, TextPipeline otherwise, String where) throws ModelFormatException {
        Fields fields = Fields.of(json, where,
                "tokenizer", "vocabulary_size", "min_count", "max_length", "padding", "truncation");
        try {
            Tokenizer tokenizer = fields.has("tokenizer") ? tokenizer(fields) : otherwise.tokenizer();
            boolean keras = fields.has("tokenizer") && tokenizer instanceof KerasTokenizer;
            TextPipeline base = keras ? new TextPipeline(tokenizer, 0, 1, 0, Truncation.PRE, null) : otherwise;
            int maxLength = fields.integer("max_length", base.maxLength());
            if (maxLength < 0 || maxLength > TextPipeline.LONGEST) {
                throw fields.wrong("max_length",
                        "is " + maxLength + "; expected 1 to " + TextPipeline.LONGEST + ", or 0 for no limit");
            }
            Optional<Padding> padding = fields.choice("padding",
                    Optional.ofNullable(keras && maxLength > 0 ? Padding.PRE : base.padding()), PipelineJson::padding);
            if (padding.isPresent() && maxLength == 0) {
                throw fields.wrong("padding",
                        "is " + id(padding.get()) + ", but there is no 'max_length' to pad to; add it");
            }
            return new TextPipeline(tokenizer,
                    fields.integer("vocabulary_size", base.vocabularySize()),
                    TrainingJson.atLeast(fields, "min_count", 1, base.minCount()),
                    maxLength,
                    fields.choice("truncation", base.truncation(), PipelineJson::truncation),
                    padding.orElse(null));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(where, e.getMessage(), e);
        }
    }

    private static Tokenizer tokenizer(Fields text) throws ModelFormatException {
        JsonNode json = text.any("tokenizer");
        String where = text.where() + ": tokenizer";
        String type = json.isString() ? json.stringValue() : json.path("type").stringValue("");
        switch (type) {
            case "keras" -> {
                KerasTokenizer plain = KerasTokenizer.of();
                if (json.isString()) {
                    return plain;
                }
                Fields options = Fields.of(json, where, "type", "filters", "lower_case", "unknown_token");
                return new KerasTokenizer(options.text("filters", plain.filters()),
                        options.flag("lower_case", plain.lowerCase()),
                        options.has("unknown_token") ? options.text("unknown_token") : null);
            }
            case "unicode" -> {
                UnicodeTokenizer plain = UnicodeTokenizer.of();
                if (json.isString()) {
                    return plain;
                }
                Fields options = Fields.of(json, where, "type", "lower_case", "remove_tags", "punctuation");
                return new UnicodeTokenizer(options.flag("lower_case", plain.lowerCase()),
                        options.flag("remove_tags", plain.removeTags()),
                        options.text("punctuation", plain.punctuation()));
            }
            case "vectorization" -> {
                VectorizingTokenizer plain = VectorizingTokenizer.of();
                if (json.isString()) {
                    return plain;
                }
                Fields options = Fields.of(json, where, "type", "standardize", "split", "unknown_token");
                return new VectorizingTokenizer(
                        options.choice("standardize", plain.standardize(),
                                name -> constant(Standardize.values(), name, List.of())),
                        options.choice("split", plain.split(), name -> constant(Split.values(), name, List.of())),
                        options.text("unknown_token", VectorizingTokenizer.UNKNOWN));
            }
            default -> throw text.wrong("tokenizer",
                    "is " + json
                            + "; use \"keras\", \"unicode\" or an object such as {\"type\": \"keras\", \"lower_case\": false}");
        }
    }

    private static Optional<Padding> padding(String name) {
        return name.equals(NONE) ? Optional.empty() : Optional.of(constant(Padding.values(), name, List.of(NONE)));
    }

    private static Truncation truncation(String name) {
        return constant(Truncation.values(), name, List.of());
    }

    private static <E extends Enum<E>> E constant(E[] all, String name, List<String> others) {
        return Arrays.stream(all).filter(e -> id(e).equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is not known; use "
                        + String.join(", ",
                                Stream.concat(Arrays.stream(all).map(PipelineJson::id), others.stream()).toList())));
    }

    private static String id(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
