package dev.rondo.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rondo.io.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Architectures in which single values are missing, moved or extreme: changes that keep the text JSON reach what lies behind the parser,
/// which changes of bytes seldom do.
class MutatedJsonTest {
    private static final Path KERAS = Path.of("..", "interop", "src", "test", "resources", "keras");
    private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");
    private static final int CHANGES = 20;

    /// Products of the middle ones leave the range of an int, and come back to small numbers.
    private static final List<String> NUMBERS = List.of("0", "-1", "-2147483648", "536870912", "1073741824",
            "1431655766", "2147483647", "2147483648", "4294967297", "9223372036854775807", "1" + "0".repeat(100),
            "1e18",
            "1e308", "0.5", "-0.5");
    private static final List<String> OTHERS = List.of("null", "true", "\"x\"", "\"\"", "[]", "{}", "[1]", "[0]",
            "[-1]",
            "[2147483647,2147483647]", "[[]]", "[null]");

    private final ObjectMapper mapper = Json.mapper();

    /// A value and where it is.
    private record Place(JsonNode parent, String key, int index, JsonNode value) {}

    @TestFactory
    Stream<DynamicTest> kerasModelsFailInOneLineOrNotAtAll() throws IOException {
        return files(KERAS, ".keras").map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
            Map<String, byte[]> entries = entries(Files.readAllBytes(file));
            JsonNode config = mapper.readTree(entries.get("config.json"));
            check(FuzzedReader.KERAS, config, json -> {
                entries.put("config.json", json);
                return zip(entries);
            });
        }));
    }

    @TestFactory
    Stream<DynamicTest> architecturesFailInOneLineOrNotAtAll() throws IOException {
        return files(CORPUS.resolve("json"), ".json")
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    JsonNode json = mapper.readTree(Files.readAllBytes(file));
                    for (int i = 0; i < 10; i++) {
                        check(FuzzedReader.JSON, json, bytes -> bytes);
                    }
                }));
    }

    private interface Packing {
        byte[] of(byte[] json) throws IOException;
    }

    private final SplittableRandom random = new SplittableRandom(7);

    private void check(FuzzedReader reader, JsonNode json, Packing packing) throws IOException {
        for (int i = 0; i < CHANGES; i++) {
            JsonNode copy = json.deepCopy();
            List<String> changes = new ArrayList<>();
            for (int c = random.nextInt(2); c >= 0; c--) {
                List<Place> places = new ArrayList<>();
                collect(copy, places);
                changes.add(change(places));
            }
            byte[] bytes = packing.of(mapper.writeValueAsBytes(copy));
            assertDoesNotThrow(() -> reader.check(bytes), changes::toString);
        }
    }

    private String change(List<Place> places) {
        Place place = places.get(random.nextInt(places.size()));
        boolean removed = random.nextInt(8) == 0;
        JsonNode value = removed ? place.value() : replacement(place.value(), places);
        if (place.parent() instanceof ObjectNode object) {
            if (removed) {
                object.remove(place.key());
            } else {
                object.set(place.key(), value);
            }
        } else if (place.parent() instanceof ArrayNode array) {
            if (removed) {
                array.remove(place.index());
            } else {
                array.set(place.index(), value);
            }
        }
        return place.key() + "[" + place.index() + "]=" + (removed ? "removed" : value.toString());
    }

    /// Mostly a value of the same type, else nearly every change would be refused for its type alone.
    private JsonNode replacement(JsonNode value, List<Place> places) {
        if (random.nextInt(5) == 0) {
            return places.get(random.nextInt(places.size())).value().deepCopy();
        }
        boolean same = random.nextInt(3) > 0;
        List<String> choice = value.isNumber() == same ? NUMBERS : OTHERS;
        return same && value.isBoolean() ? mapper.valueToTree(!value.booleanValue())
                : mapper.readTree(choice.get(random.nextInt(choice.size())));
    }

    private static void collect(JsonNode node, List<Place> places) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(property -> {
                places.add(new Place(node, property.getKey(), -1, property.getValue()));
                collect(property.getValue(), places);
            });
        } else {
            for (int i = 0; node.isArray() && i < node.size(); i++) {
                places.add(new Place(node, "", i, node.get(i)));
                collect(node.get(i), places);
            }
        }
    }

    private static Stream<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            List<Path> files = list.filter(file -> file.toString().endsWith(ending)).sorted().toList();
            assertFalse(files.isEmpty(), folder + " has none");
            return files.stream();
        }
    }

    private static Map<String, byte[]> entries(byte[] bytes) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (InputStream in = new ByteArrayInputStream(bytes); ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
