package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

    enum Mode {
        ON, OFF
    }

    record Settings(int units, double rate, String name, Mode mode, List<Integer> sizes) {
        Settings {
            if (units < 1) {
                throw new IllegalArgumentException("units is " + units + "; expected 1 or more");
            }
        }

        @SuppressWarnings("unused") // must not become a property
        public boolean isLarge() {
            return units > 100;
        }
    }

    @Test
    void recordsComeBack() throws ModelFormatException {
        Settings settings = new Settings(3, 0.1, "a\u0000\"☃", Mode.OFF, List.of(1, 2));
        byte[] json = Json.write(settings);
        assertEquals(settings, Json.bind(Json.read(json, "x"), Settings.class, "x"));
        assertTrue(new String(json, StandardCharsets.UTF_8).startsWith("{\n  \"units\": 3,\n  \"rate\": 0.1,"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"units\":1,\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[],\"more\":1}|more",
            "{\"units\":1.5,\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|units",
            "{\"units\":\"1\",\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|units",
            "{\"units\":null,\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|units",
            "{\"units\":99999999999,\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|units",
            "{\"units\":0,\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|units is 0; expected 1 or more",
            "{\"units\":1,\"rate\":\"NaN\",\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|rate",
            "{\"units\":1,\"rate\":true,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|rate",
            "{\"units\":1,\"rate\":null,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|rate",
            "{\"units\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|rate",
            "{\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":[]}|units",
            "{\"units\":1,\"rate\":1,\"mode\":\"ON\",\"sizes\":[]}|name",
            "{\"units\":1,\"rate\":1,\"name\":null,\"mode\":\"ON\",\"sizes\":[]}|name",
            "{\"units\":1,\"rate\":1,\"name\":3,\"mode\":\"ON\",\"sizes\":[]}|name",
            "{\"units\":1,\"rate\":1,\"name\":\"n\",\"mode\":0,\"sizes\":[]}|mode",
            "{\"units\":1,\"rate\":1,\"name\":\"n\",\"mode\":\"on\",\"sizes\":[]}|mode",
            "{\"units\":1,\"rate\":1,\"name\":\"n\",\"mode\":\"ON\",\"sizes\":7}|sizes"})
    void whatDoesNotFitIsRefused(String json, String part) throws ModelFormatException {
        var tree = Json.read(json.getBytes(StandardCharsets.UTF_8), "x");
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> Json.bind(tree, Settings.class, "m.rondo: entry 'model.json'"));
        assertTrue(e.getMessage().startsWith("m.rondo: entry 'model.json': not a valid Settings: "), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    @Test
    void numbersMustBeFinite() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertEquals("the number at /rate is not finite; JSON cannot hold it", assertThrows(
                    IllegalArgumentException.class,
                    () -> Json.write(new Settings(1, bad, "n", Mode.ON, List.of()))).getMessage());
        }
    }

    @Test
    void anErrorSaysWhere() {
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> Json.read("{\n  \"a\": 1,\n  b\n}".getBytes(StandardCharsets.UTF_8), "x.json"));
        assertEquals("x.json: not valid JSON at line 3, column 3: expected a name in double quotes; look for a name"
                + " without them, or a comma too many", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"a\": [1, 2|not valid JSON at line 1, column 12: it ends in the middle of an array; add what is missing, and ]",
            "{\"a\": {\"b\": 1|it ends in the middle of an object",
            "{\"a\": \"b|it ends in the middle of a text",
            "{\"a\": NaN}|: NaN is not a number in JSON; write a finite number",
            "{\"a\": -Infinity}|: -Infinity is not a number in JSON",
            "{\"a\": tru}|: 'tru' is not a value; use quotes for a text, or true, false or null",
            "{\"a\": 1, \"a\": 2}|: 'a' is there twice; remove one",
            "{\"a\": 1} 2|: there is more after the end of the object",
            "{\"a\": 1,}|: expected a name in double quotes",
            "{\"a\": 1 \"b\": 2}|: expected a comma or the closing brace",
            "{\"a\" 1}|: expected a colon between a name and its value",
            "{\"a\": 01}|: this is not how JSON writes a number",
            "{\"a\": +1}|: this is not how JSON writes a number",
            "{\"a\": .5}|: this is not how JSON writes a number",
            "{\"a\": \"\\q\"}|: a backslash that begins no escape; write two for one",
            "{\"a\": \"\t\"}|: a line end, tab or other control character inside a text",
            "{/* a */}|: JSON has no comments; remove it",
            "{\"a\": ]}|x.json: not valid JSON at line 1, column ",
            "[1]|x.json: expected a JSON object in braces, found an array",
            "7|x.json: expected a JSON object in braces, found 7",
            "``|x.json: expected a JSON object in braces, found nothing: the text is empty"})
    void aBadTextIsExplained(String json, String problem) {
        assertExplained(json, problem);
    }

    @Test
    void aTextBeyondALimitIsExplained() {
        assertExplained("{\"a\":" + "[".repeat(100), ": nested deeper than 64 levels");
        assertExplained("{\"a\": " + "1".repeat(200) + "}", ": a number of more than 128 characters");
        assertExplained("{\"" + "a".repeat(5000) + "\": 1}", ": a name of more than 4096 characters");
        assertExplained("{\"a\": \"" + "b".repeat(2_000_000) + "\"}", ": a text of more than 1048576 characters");
    }

    private static void assertExplained(String json, String problem) {
        String message = assertThrows(ModelFormatException.class,
                () -> Json.read(json.getBytes(StandardCharsets.UTF_8), "x.json")).getMessage();
        assertTrue(message.contains(problem), message);
        assertEquals(1, message.lines().count(), message);
        for (String internal : List.of("REDACTED", "Feature", "Constraints", "Jackson", "Source")) {
            assertFalse(message.contains(internal), message);
        }
    }
}
