package dev.rondo.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/// The one place where JSON is read and written, with strict settings.
///
/// Refused: unknown, missing, null and duplicate properties, text after the value, numbers that are not finite, coercion between
/// numbers, strings and booleans, nesting deeper than 64, and any class name from a file. Thread-safe.
public final class Json {

    private static final int DEEPEST = 64;
    static final int LONGEST_STRING = 1 << 20;
    static final int LONGEST_NAME = 1 << 12;
    private static final int LONGEST_NUMBER = 128;

    // Names from files are not kept in the symbol table that all readers share.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_STRING)
                    .maxNameLength(LONGEST_NAME)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();

    // Fixed line ends: the same model gives the same bytes on every system.
    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter(Separators.createDefaultInstance()
            .withObjectNameValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"));

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
            .withCoercionConfig(LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .addModule(new SimpleModule("finite numbers")
                    .addDeserializer(double.class, new Finite<>(Double.class, value -> value))
                    .addDeserializer(Double.class, new Finite<>(Double.class, value -> value))
                    .addDeserializer(float.class, new Finite<>(Float.class, Double::floatValue))
                    .addDeserializer(Float.class, new Finite<>(Float.class, Double::floatValue)))
            .polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder().build())
            .build();

    /// What the library says of a bad text, and what it means; the first that fits counts.
    private static final Map<Pattern, String> PROBLEMS = problems();

    private Json() {}

    private static Map<Pattern, String> problems() {
        Map<Pattern, String> words = new LinkedHashMap<>();
        words.put(Pattern.compile("(?i)^.*nesting depth.*$"),
                "nested deeper than " + DEEPEST + " levels; take levels out");
        words.put(Pattern.compile("(?i)^.*string (?:value )?length.*$"),
                "a text of more than " + LONGEST_STRING + " characters; shorten it");
        words.put(Pattern.compile("(?i)^.*name.* length.*$"),
                "a name of more than " + LONGEST_NAME + " characters; shorten it");
        words.put(Pattern.compile("(?i)^.*number.* length.*$"),
                "a number of more than " + LONGEST_NUMBER + " characters; shorten it");
        words.put(Pattern.compile("^.*duplicate (?:object )?property [\"'](.*?)[\"'].*$",
                Pattern.CASE_INSENSITIVE), "'$1' is there twice; remove one");
        words.put(Pattern.compile("^.*end-of-input.*\\bARRAY\\b.*$", Pattern.CASE_INSENSITIVE),
                "it ends in the middle of an array; add what is missing, and ]");
        words.put(Pattern.compile("^.*end-of-input.*\\bOBJECT\\b.*$", Pattern.CASE_INSENSITIVE),
                "it ends in the middle of an object; add what is missing, and }");
        words.put(Pattern.compile("^.*end-of-input.*string.*$", Pattern.CASE_INSENSITIVE),
                "it ends in the middle of a text; add what is missing, and the closing quote");
        words.put(Pattern.compile("^.*end-of-input.*$", Pattern.CASE_INSENSITIVE),
                "it ends too early; add what is missing");
        words.put(Pattern.compile("^.*(?:token|value) '?([-+]?(?:NaN|Infinity|INF))'?.*$"),
                "$1 is not a number in JSON; write a finite number");
        words.put(Pattern.compile("^Unrecognized token '(\\w+)'.*$"),
                "'$1' is not a value; use quotes for a text, or true, false or null");
        words.put(Pattern.compile("^.*trailing token.*$", Pattern.CASE_INSENSITIVE),
                "there is more after the end of the object; remove it");
        words.put(Pattern.compile("^.*comment.*$", Pattern.CASE_INSENSITIVE),
                "JSON has no comments; remove it");
        words.put(Pattern.compile("^.*(?:control|CTRL-CHAR|illegal unquoted).*$", Pattern.CASE_INSENSITIVE),
                "a line end, tab or other control character inside a text; close its quote, or write \\\\n or \\\\t");
        words.put(Pattern.compile("^.*surrogate.*$", Pattern.CASE_INSENSITIVE),
                "half a surrogate pair in an escape; write both halves, or the character itself");
        words.put(Pattern.compile("^.*(?:escape).*$", Pattern.CASE_INSENSITIVE),
                "a backslash that begins no escape; write two for one");
        words.put(Pattern.compile("^.*expecting double-quote.*$|^.*double-quote to start.*$", Pattern.CASE_INSENSITIVE),
                "expected a name in double quotes; look for a name without them, or a comma too many");
        words.put(
                Pattern.compile("^.*(?:expecting|expected) comma.*$|^.*was expecting comma.*$",
                        Pattern.CASE_INSENSITIVE),
                "expected a comma or the closing brace");
        words.put(Pattern.compile("^.*expecting a colon.*$", Pattern.CASE_INSENSITIVE),
                "expected a colon between a name and its value");
        words.put(Pattern.compile("^.*(?:numeric|leading zero|decimal|number).*$", Pattern.CASE_INSENSITIVE),
                "this is not how JSON writes a number; write it like -1.5 or 1e-3");
        return words;
    }

    /// Reads a number that must be one: Jackson itself takes the string "NaN" for a number.
    private static final class Finite<T extends Number> extends ValueDeserializer<T> {
        private final Class<T> type;
        private final Function<Double, T> narrow;

        private Finite(Class<T> type, Function<Double, T> narrow) {
            this.type = type;
            this.narrow = narrow;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) {
            if (!parser.currentToken().isNumeric()) {
                return type.cast(context.handleUnexpectedToken(context.constructType(type), parser));
            }
            T value = narrow.apply(parser.getDoubleValue());
            if (!Double.isFinite(value.doubleValue())) {
                return context.reportInputMismatch(type, "%s is too large for a %s", parser.getString(),
                        type.getSimpleName());
            }
            return value;
        }
    }

    /// {@return the mapper with the strict settings; immutable}
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /// Reads a JSON object.
    ///
    /// @param utf8  the text in UTF-8
    /// @param where what to name in an error, such as `m.rondo: entry model.json`
    /// @return the object
    /// @throws ModelFormatException if the text is not one JSON object in UTF-8, or breaks a rule of this class
    public static ObjectNode read(byte[] utf8, String where) throws ModelFormatException {
        try {
            JsonNode node = MAPPER.readTree(decode(utf8, where));
            if (!(node instanceof ObjectNode object)) {
                throw new ModelFormatException(where,
                        "expected a JSON object in braces, found " + Fields.describe(node));
            }
            String bad = firstNotFinite(object);
            if (bad != null) {
                throw new ModelFormatException(where, "the number at " + bad + " is too large for a double");
            }
            return object;
        } catch (JacksonException e) {
            throw invalid(where, e);
        }
    }

    /// Reads a file that holds one JSON object, such as a model that a person has written.
    ///
    /// @param file   the file
    /// @param limits the most bytes that it may have, `jsonBytes`
    /// @return the object
    /// @throws ModelFormatException if the file is too large, is not one JSON object in UTF-8, or breaks a rule of this class
    /// @throws IOException          if it cannot be read
    public static ObjectNode read(Path file, Limits limits) throws IOException {
        InputFile.require(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limits.jsonBytes());
            if (in.read() >= 0) {
                throw new ModelFormatException(file.toString(), "has more than the limit of " + limits.jsonBytes()
                        + " bytes; raise the limit 'jsonBytes' if you trust the file");
            }
            return read(bytes, file.toString());
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    /// Converts a tree to a value, for example a record, of which every component must be in the tree.
    ///
    /// @param node  the tree
    /// @param type  the type of the value; chosen by the program, never by the file
    /// @param where what to name in an error, such as `m.rondo: entry model.json`
    /// @return the value
    /// @throws ModelFormatException if the tree does not fit the type
    public static <T> T bind(JsonNode node, Class<T> type, String where) throws ModelFormatException {
        try {
            T value = MAPPER.treeToValue(node, type);
            if (value == null) {
                throw new ModelFormatException(where, "expected a " + type.getSimpleName() + ", found null");
            }
            return value;
        } catch (JacksonException e) {
            String path = e.getPathReference();
            throw new ModelFormatException(where, "not a valid " + type.getSimpleName() + ": " + firstLine(e)
                    + (path == null || path.isEmpty() ? "" : " (at " + path + ")"), e);
        }
    }

    /// Writes a value, indented, with `\n` as line end.
    ///
    /// @param value a tree, a record, a map ...
    /// @return the text in UTF-8
    /// @throws IllegalArgumentException if the value cannot be written, or holds a number that is not finite
    public static byte[] write(Object value) {
        Objects.requireNonNull(value, "value is null");
        try {
            JsonNode tree = MAPPER.valueToTree(value);
            String bad = firstNotFinite(tree);
            if (bad != null) {
                throw new IllegalArgumentException("the number at " + bad + " is not finite; JSON cannot hold it");
            }
            return MAPPER.writer().with(PRINTER).writeValueAsBytes(tree);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + firstLine(e), e);
        }
    }

    /// Opens a reader of tokens with the strict settings.
    static JsonParser parser(byte[] utf8, String where) throws ModelFormatException {
        return MAPPER.createParser(decode(utf8, where));
    }

    /// Says what is wrong with a text and where, in words of our own: the library's name its settings and its classes.
    static ModelFormatException invalid(String where, JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String place = at == null || at.getLineNr() < 0 ? ""
                : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return new ModelFormatException(where, "not valid JSON" + place + ": " + problem(firstLine(e)), e);
    }

    private static String problem(String said) {
        for (Map.Entry<Pattern, String> known : PROBLEMS.entrySet()) {
            Matcher matcher = known.getKey().matcher(said);
            if (matcher.find()) {
                return matcher.replaceFirst(known.getValue());
            }
        }
        return "this is not what JSON expects here; look for a missing comma, quote or brace";
    }

    /// Decodes UTF-8, refusing what is not.
    static String decode(byte[] utf8, String where) throws ModelFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where, "not UTF-8 text; save it as UTF-8", e);
        }
    }

    /// Encodes UTF-8, refusing half a surrogate pair.
    static byte[] encode(String text, String where) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return Arrays.copyOf(bytes.array(), bytes.limit());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(where + " holds half a surrogate pair; it cannot be written as UTF-8",
                    e);
        }
    }

    private static String firstLine(JacksonException e) {
        return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    }

    /// Finds the path of a number that is not finite: a literal such as 1e999 is read as infinity.
    private static @Nullable String firstNotFinite(JsonNode node) {
        if (node.isFloatingPointNumber()) {
            return Double.isFinite(node.doubleValue()) ? null : "/";
        }
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> property : object.properties()) {
                String below = firstNotFinite(property.getValue());
                if (below != null) {
                    return "/" + property.getKey() + (below.equals("/") ? "" : below);
                }
            }
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                String below = firstNotFinite(node.get(i));
                if (below != null) {
                    return "/" + i + (below.equals("/") ? "" : below);
                }
            }
        }
        return null;
    }
}
