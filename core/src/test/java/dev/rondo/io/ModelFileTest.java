package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.ModelFile.Contents;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class ModelFileTest {

    @TempDir
    Path folder;
    Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("m.rondo");
    }

    @Test
    void everyBitComesBack() throws IOException {
        Contents contents = sample(Optional.of("<pad>\nwörd\n☃ 𝄞\r\n"));
        ModelFile.write(file, contents);
        assertEquals(contents, ModelFile.read(file));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(List.of("model.json", "weights.safetensors", "vocabulary.txt", "provenance.json", "card.md"),
                    zip.stream().map(ZipEntry::getName).toList());
            assertEquals(ZipEntry.STORED, zip.getEntry("weights.safetensors").getMethod());
            String model = new String(zip.getInputStream(zip.getEntry("model.json")).readAllBytes(),
                    StandardCharsets.UTF_8);
            assertTrue(model.startsWith("{\n  \"format\": 2,\n  \"task\": "), model);
        }
    }

    @Test
    void theVocabularyMayBeAbsentOrEmpty() throws IOException {
        for (Optional<String> vocabulary : List.of(Optional.<String>empty(), Optional.of(""))) {
            Contents contents = sample(vocabulary);
            ModelFile.write(file, contents);
            assertEquals(contents, ModelFile.read(file));
        }
    }

    @Test
    void theSameContentsGiveTheSameBytes() throws IOException {
        ModelFile.write(file, sample(Optional.of("a\n")));
        Path again = folder.resolve("again.rondo");
        ModelFile.write(again, sample(Optional.of("a\n")));
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
    }

    @Test
    void aRefusedWriteLeavesTheOldFile() throws IOException {
        ModelFile.write(file, sample(Optional.empty()));
        byte[] old = Files.readAllBytes(file);
        Contents good = sample(Optional.empty());
        ObjectNode infinite = Json.mapper().createObjectNode().put("loss", Double.POSITIVE_INFINITY);
        String message = assertThrows(IllegalArgumentException.class, () -> ModelFile.write(file,
                new Contents(good.model(), good.weights(), good.vocabulary(), infinite, good.card()))).getMessage();
        assertEquals("the number at /loss is not finite; JSON cannot hold it", message);
        assertThrows(IllegalArgumentException.class, () -> ModelFile.write(file, sample(Optional.of("\ud800"))));
        ObjectNode model = Json.mapper().createObjectNode().put("format", 1);
        assertThrows(IllegalArgumentException.class,
                () -> new Contents(model, good.weights(), good.vocabulary(), good.provenance(), good.card()));
        assertArrayEquals(old, Files.readAllBytes(file));
        assertEquals(1, folder.toFile().list().length);
    }

    @Test
    void otherZipProgramsMayWriteIt() throws IOException {
        Contents contents = sample(Optional.of("a\n"));
        ModelFile.write(file, contents);
        Map<String, byte[]> entries = unzip();
        // All stored with sizes in front, in another order, with a comment.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment("packed again");
            for (String name : entries.keySet().stream().sorted().toList()) {
                putStored(zip, name, entries.get(name));
            }
        }
        Files.write(file, bytes.toByteArray());
        assertEquals(contents, ModelFile.read(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.json", "weights.safetensors", "provenance.json", "card.md"})
    void aMissingEntryIsNamed(String name) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.remove(name);
        zip(entries);
        assertRefused("entry '" + name + "': is missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "extra.txt|is not an entry of a Rondo model", "MODEL.JSON|is not an entry of a Rondo model",
            "folder/|has a folder in its name", "a/model.json|has a folder in its name",
            "/model.json|has a folder in its name", "../model.json|has a folder in its name",
            "..\\model.json|has a folder in its name", "C:\\x|has a folder in its name"})
    void otherEntriesAreRefused(String name, String problem) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put(name, new byte[0]);
        zip(entries);
        assertRefused("entry '" + name + "': " + problem);
    }

    @Test
    void aDuplicateEntryIsRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("card.xx", "other".getBytes(StandardCharsets.UTF_8));
        zip(entries);
        replace("card.xx", "card.md", 2);
        assertRefused("entry 'card.md': is there twice");
    }

    @Test
    void manyEntriesAreRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        for (int i = 0; i < 100; i++) {
            entries.put("e" + i, new byte[0]);
        }
        zip(entries);
        assertRefused("has 105 entries");
    }

    @Test
    void aNewerFormatAsksForAnUpgrade() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("model.json", "{\"format\": 3, \"new\": []}".getBytes(StandardCharsets.UTF_8));
        entries.put("new.bin", new byte[3]);
        zip(entries);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file));
        assertEquals(file + ": written by a newer Rondo (format 3); this one reads up to 2; upgrade Rondo",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{}|no valid property 'format'", "{\"format\":\"1\"}|no valid property 'format'",
            "{\"format\":1.0}|no valid property 'format'", "{\"format\":0}|no valid property 'format'",
            "{\"format\":99999999999}|no valid property 'format'",
            "[]|expected a JSON object", "3|expected a JSON object", "EMPTY|expected a JSON object",
            "{\"format\":1,\"format\":1}|not valid JSON at line 1, column 21: 'format' is there twice",
            "{\"format\":1} {}|not valid JSON",
            "{\"format\":1,\"a\":NaN}|not valid JSON", "{\"format\":1,\"a\":1e999}|the number at /a is too large",
            "{\"format\":1,\"a\":{\"b\":[0,-1e999]}}|the number at /a/b/1 is too large", "{'format':1}|not valid JSON",
            "{\"format\":1,}|not valid JSON", "{\"format\":1 /* c */}|not valid JSON"})
    void invalidJsonIsRefused(String json, String problem) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("model.json", json.replace("EMPTY", "").getBytes(StandardCharsets.UTF_8));
        zip(entries);
        assertRefused("entry 'model.json': ", problem);
    }

    @Test
    void deepLongAndForeignJsonIsRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("provenance.json", ("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}")
                .getBytes(StandardCharsets.UTF_8));
        zip(entries);
        assertRefused("entry 'provenance.json': not valid JSON", "64");
        entries.put("provenance.json", "{\"ä\": 1}".getBytes(StandardCharsets.ISO_8859_1));
        zip(entries);
        assertRefused("entry 'provenance.json': not UTF-8 text");
        entries.put("provenance.json", "{}".getBytes(StandardCharsets.UTF_16));
        zip(entries);
        assertRefused("entry 'provenance.json': not UTF-8 text");
        entries = entries();
        entries.put("card.md", new byte[] {(byte) 0xc0, (byte) 0x80});
        zip(entries);
        assertRefused("entry 'card.md': not UTF-8 text");
    }

    @Test
    void faultsInTheWeightsNameEntryAndTensor() throws IOException {
        Map<String, byte[]> entries = entries();
        byte[] weights = entries.get("weights.safetensors");
        entries.put("weights.safetensors", Arrays.copyOf(weights, weights.length - 1));
        zip(entries);
        assertRefused("entry 'weights.safetensors': tensor 'ids': its data ends at byte");
    }

    @Test
    void compressedWeightsAreRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        assertRefused("entry 'weights.safetensors': is compressed");
    }

    @Test
    void zipBombsAreRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("card.md", new byte[1 << 20]);
        zip(entries);
        assertRefused("entry 'card.md': unpacks from ", "to 1048576 bytes", "limit 'ratio'");
        assertEquals(1 << 20, ModelFile.read(file, Limits.defaults().ratio(2000)).card().length());
        assertRefused(Limits.defaults().textBytes(1000), "entry 'card.md': has 1048576 bytes", "limit 'textBytes'");
        assertRefused(Limits.defaults().bytes(1 << 20), "over the limit of 1048576 bytes");
        assertRefused(Limits.defaults().bytes(100), "more than the limit of 100");
        assertRefused(Limits.defaults().jsonBytes(10), "entry 'model.json': has ", "limit 'jsonBytes'");
        assertRefused(Limits.defaults().ratio(2000).tensors(2), "entry 'weights.safetensors': header: more than 2");
    }

    @Test
    void anEntryThatUnpacksToMoreThanItStatesIsRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("card.md", new byte[50_000]);
        zip(entries);
        byte[] bytes = Files.readAllBytes(file);
        // The size stands after the packed size, in the directory and in what follows the entry.
        int found = 0;
        for (int i = 0; i < bytes.length - 3; i++) {
            ByteBuffer at = ByteBuffer.wrap(bytes, i, 4).slice().order(ByteOrder.LITTLE_ENDIAN);
            if (at.getInt(0) == 50_000) {
                at.putInt(0, 40);
                found++;
            }
        }
        assertEquals(2, found);
        Files.write(file, bytes);
        assertRefused("entry 'card.md': does not unpack to the 40 bytes");
    }

    @Test
    void aDamagedByteIsFoundByTheChecksum() throws IOException {
        Map<String, byte[]> entries = entries();
        zip(entries);
        byte[] bytes = Files.readAllBytes(file);
        int last = indexOf(bytes, entries.get("weights.safetensors"), 0) + entries.get("weights.safetensors").length
                - 1;
        bytes[last] ^= 1;
        Files.write(file, bytes);
        assertRefused("entry 'weights.safetensors': its checksum is ", "copy or download it again");
    }

    @Test
    void anEncryptedEntryIsNamed() throws IOException {
        zip(entries());
        byte[] plain = Files.readAllBytes(file);
        for (boolean inDirectory : new boolean[] {true, false}) {
            byte[] bytes = plain.clone();
            flag(bytes, 0x04034b50, 6);
            if (inDirectory) {
                flag(bytes, 0x02014b50, 8);
            }
            Files.write(file, bytes);
            assertRefused("entry 'model.json': is encrypted", "without a password");
        }
    }

    @Test
    void headersThatDisagreeAreRefused() throws IOException {
        zip(entries());
        byte[] plain = Files.readAllBytes(file);
        replace("card.md", "card.mD", 1);
        assertRefused("entry 'card.mD': the zip directory does not list it");

        byte[] padded = new byte[plain.length + 10];
        System.arraycopy(plain, 0, padded, 10, plain.length);
        padded[0] = 'P';
        padded[1] = 'K';
        Files.write(file, padded);
        assertRefused("no entry begins at byte 0");

        int weights = indexOf(plain, "weights.safetensors".getBytes(StandardCharsets.UTF_8), 0);
        byte[] otherSize = plain.clone();
        otherSize[weights - 30 + 22] ^= 1;
        Files.write(file, otherSize);
        assertRefused("entry 'weights.safetensors': its header differs from the zip directory");
    }

    @Test
    void filesOfOtherKindsAreRefused() throws IOException {
        assertEquals("cannot read " + file + ": no such file; check the name",
                assertThrows(IOException.class, () -> ModelFile.read(file)).getMessage());
        assertEquals("cannot read " + folder + ": it is a folder; give the name of a file",
                assertThrows(IOException.class, () -> ModelFile.read(folder)).getMessage());
        Files.write(file, new byte[0]);
        assertRefused("not a zip file");
        Files.writeString(file, "\u0089HDF\r\n");
        assertRefused("not a zip file");
        Files.writeString(file, "PK and then something else");
        assertRefused("not a readable zip file");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.finish();
        }
        assertRefused(
                "entry 'model.json': is missing, so this is no model of Rondo; make one of a Keras or PyTorch file with rondo import");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        ModelFile.write(file, sample(Optional.of("a\n")));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused("");
        }
    }

    @Test
    void flippedBytesAreReadOrRefused() throws IOException {
        Contents contents = sample(Optional.of("a\n"));
        ModelFile.write(file, contents);
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(3);
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                // What is read in spite of a flip (in a time stamp, say) is what was written.
                assertEquals(contents, ModelFile.read(file));
            } catch (ModelFormatException e) {
                assertOneLine(e);
                refused++;
            }
        }
        assertTrue(refused > 2_500, "most bytes matter: " + refused);
    }

    private static Contents sample(Optional<String> vocabulary) {
        ObjectNode model = Json.mapper().createObjectNode();
        model.put("task", "classify").putArray("layers").addObject().put("class_name", "LSTM").putObject("config")
                .put("units", 100).put("rate", 0.1).put("large", 1L << 40).putNull("none").put("yes", true);
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("kernel", Tensor.of(new float[] {-0f, Float.intBitsToFloat(0x7fc00123), 1e-45f,
                Float.NEGATIVE_INFINITY}, 2, 2));
        tensors.put("none", Tensor.zeros(0, 3));
        LinkedHashMap<String, IntTensor> ints = new LinkedHashMap<>();
        ints.put("ids", IntTensor.of(new int[] {7}));
        LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("k", "v");
        return new Contents(model, new Archive(tensors, ints, metadata), vocabulary,
                Json.mapper().createObjectNode().put("seed", 42).put("rows", 25_000), "# Model\n\nFür Text.\n");
    }

    private Map<String, byte[]> entries() throws IOException {
        ModelFile.write(file, sample(Optional.of("a\n")));
        return unzip();
    }

    private Map<String, byte[]> unzip() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private void zip(Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                if (entry.getKey().endsWith(".safetensors")) {
                    putStored(zip, entry.getKey(), entry.getValue());
                } else {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    zip.write(entry.getValue());
                    zip.closeEntry();
                }
            }
        }
    }

    private static void putStored(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /// Replaces the first `count` places where a text stands in the file by another of the same length.
    private void replace(String text, String by, int count) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int from = 0;
        for (int i = 0; i < count; i++) {
            from = indexOf(bytes, text.getBytes(StandardCharsets.UTF_8), from);
            System.arraycopy(by.getBytes(StandardCharsets.UTF_8), 0, bytes, from, by.length());
        }
        Files.write(file, bytes);
    }

    /// Sets the lowest bit, "encrypted", of the flags behind the first header with a signature.
    private static void flag(byte[] bytes, int signature, int offset) {
        byte[] mark = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(signature).array();
        bytes[indexOf(bytes, mark, 0) + offset] |= 1;
    }

    private static int indexOf(byte[] bytes, byte[] part, int from) {
        for (int i = from; i <= bytes.length - part.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not found: " + new String(part, StandardCharsets.UTF_8));
    }

    private void assertRefused(String... parts) {
        assertRefused(Limits.defaults(), parts);
    }

    private void assertRefused(Limits limits, String... parts) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file, limits));
        assertOneLine(e);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), () -> "expected '" + part + "' in: " + e.getMessage());
        }
    }

    private void assertOneLine(ModelFormatException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
