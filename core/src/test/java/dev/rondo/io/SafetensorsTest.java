package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.ByteArrayInputStream;
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
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void everyBitComesBack() throws IOException {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("z", Tensor.of(new float[] {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
                Float.MIN_VALUE, Float.intBitsToFloat(0x7fc12345), Float.intBitsToFloat(0xff800001)}, 2, 4));
        tensors.put("scalar", Tensor.of(new float[] {-1.5f}));
        tensors.put("none", Tensor.zeros(3, 0, 5));
        tensors.put("größe \"quoted\" \n ☃ 𝄞 \u0000", Tensor.of(new float[] {1}, 1, 1, 1));
        tensors.put("", Tensor.of(new float[] {2}, 1));
        tensors.put("none again", Tensor.zeros(0));
        LinkedHashMap<String, IntTensor> ints = new LinkedHashMap<>();
        ints.put("i", IntTensor.of(new int[] {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE}, 4));
        ints.put("scalar int", IntTensor.of(new int[] {7}));
        LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put("note", "two\nlines 🎵");
        Archive archive = new Archive(tensors, ints, metadata);

        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, archive);
        Archive back = Safetensors.read(file);

        assertEquals(archive, back);
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(back.tensors().keySet()));
        assertEquals(List.copyOf(ints.keySet()), List.copyOf(back.ints().keySet()));
        assertArrayEquals(bytes(archive), bytes(back));
    }

    @Test
    void anArchiveMayBeEmpty() throws IOException {
        Archive empty = Archive.of(new LinkedHashMap<>());
        assertEquals(empty, read(bytes(empty)));
        assertEquals(16, bytes(empty).length, "8 bytes of length, '{}' padded to 8");
    }

    @Test
    void manyNumbersComeBackAcrossTheBuffer() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (int size : new int[] {16383, 16384, 16385, 100_003}) {
            float[] data = new float[size];
            for (int i = 0; i < size; i++) {
                data[i] = Float.intBitsToFloat(random.nextInt());
            }
            tensors.put("t" + size, Tensor.of(data, size));
        }
        Archive archive = Archive.of(tensors);
        assertEquals(archive, read(bytes(archive)));
    }

    @Test
    void theFormatIsTheOneThatOthersWrite() throws IOException {
        // Bytes as the format's definition gives them, not as this library writes them.
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1f).putFloat(-2f).putInt(3).putInt(4);
        Archive archive = read(file("{\"b\":{\"dtype\":\"I32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
                + "\"a\":{\"data_offsets\":[0,8],\"shape\":[2],\"dtype\":\"F32\"},\"__metadata__\":{\"k\":\"v\"}}  ",
                data.array()));
        assertEquals(Tensor.of(new float[] {1, -2}, 2), archive.tensors().get("a"));
        assertEquals(IntTensor.of(new int[] {3, 4}, 2, 1), archive.ints().get("b"));
        assertEquals("v", archive.metadata().get("k"));
    }

    @Test
    void otherFormatsOfRealNumbersBecomeFloat32() throws IOException {
        ByteBuffer f64 = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        f64.putDouble(0.1).putDouble(-0.0).putDouble(Double.NEGATIVE_INFINITY).putDouble(1e-320).putDouble(1e38);
        assertReals(new float[] {0.1f, -0f, Float.NEGATIVE_INFINITY, 0f, 1e38f}, one("F64", 5, f64));
        ByteBuffer f16 = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        f16.putShort((short) 0x3c00).putShort((short) 0x8000).putShort((short) 0x7c00).putShort((short) 0x0001)
                .putShort((short) 0xc500);
        assertReals(new float[] {1f, -0f, Float.POSITIVE_INFINITY, 0x1p-24f, -5f}, one("F16", 5, f16));
        ByteBuffer bf16 = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
        bf16.putShort((short) 0x3f80).putShort((short) 0xff80).putShort((short) 0x4049);
        assertReals(new float[] {1f, Float.NEGATIVE_INFINITY, 3.140625f}, one("BF16", 3, bf16));
    }

    @Test
    void otherFormatsOfWholeNumbersBecomeInt32() throws IOException {
        ByteBuffer i64 = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        i64.putLong(Integer.MIN_VALUE).putLong(Integer.MAX_VALUE);
        assertWholes(new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE}, one("I64", 2, i64));
        ByteBuffer i16 = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort((short) -2)
                .putShort((short) 258);
        assertWholes(new int[] {-2, 258}, one("I16", 2, i16));
        assertWholes(new int[] {-1, 127}, one("I8", 2, ByteBuffer.wrap(new byte[] {-1, 127})));
        assertWholes(new int[] {255, 127}, one("U8", 2, ByteBuffer.wrap(new byte[] {-1, 127})));
        assertWholes(new int[] {0, 1}, one("BOOL", 2, ByteBuffer.wrap(new byte[] {0, 1})));
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        ByteBuffer large = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(1L << 31);
        assertRefused(file(header("I64", "[2]", 0, 16), large.array()), "tensor 't'", "number 1 is 2147483648");
        ByteBuffer wide = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1e39);
        assertRefused(file(header("F64", "[1]", 0, 8), wide.array()), "tensor 't'", "number 0 is 1.0E39");
        assertRefused(file(header("BOOL", "[1]", 0, 1), new byte[] {2}), "tensor 't'", "0 or 1");
    }

    /// Headers for eight bytes of data, with what the message must say besides the file's name.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "[]|header: expected an object",
            "nonsense|header: not valid JSON",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}|header: not valid JSON",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x|header: not valid JSON",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} {}|header: text after",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"t\":{\"dtype\":\"F32\",\"shape\":[0],"
                    + "\"data_offsets\":[8,8]}}|is there twice; remove one",
            "{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|is there twice; remove one",
            "{\"t\":3}|tensor 't': expected an object",
            "{\"t\":{\"shape\":[2],\"data_offsets\":[0,8]}}|tensor 't': has no dtype",
            "{\"t\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}|tensor 't': has no shape",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2]}}|tensor 't': has no data_offsets",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}|tensor 't': unknown property 'x'",
            "{\"t\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}|dtype 'F8_E4M3' is not supported",
            "{\"t\":{\"dtype\":32,\"shape\":[8],\"data_offsets\":[0,8]}}|tensor 't': dtype: expected a string",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}|tensor 't': shape: expected an array",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[-2,-1],\"data_offsets\":[0,8]}}|tensor 't': shape has '-2'",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|tensor 't': shape has '2.0'",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}|tensor 't': shape has '['",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}|holds more than",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,0]}}|holds more than",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[0,9223372036854775807],\"data_offsets\":[0,0]}}|holds more than",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}|shape has '9999",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[1073741825],\"data_offsets\":[0,4]}}|but data_offsets has 4",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|data_offsets [8, 0]",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}|data_offsets [0, 8, 8]",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|take 8 bytes, but data_offsets has 4",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}|tensor 't': its data begins at byte 4, leaving",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|4 bytes at the end belong to no tensor",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}|ends at byte 16, but only 8 follow",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"u\":{\"dtype\":\"F32\",\"shape\":[1],"
                    + "\"data_offsets\":[4,8]}}|tensor 'u': its data begins at byte 4 and overlaps 't'",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"u\":{\"dtype\":\"F32\",\"shape\":[0],"
                    + "\"data_offsets\":[6,6]}}|tensor 'u': its data begins at byte 6, leaving a gap after 't'",
            "{\"__metadata__\":{\"k\":1}}|__metadata__: 'k': expected a string",
            "{\"__metadata__\":[]}|__metadata__: expected an object",
            "{\"__metadata__\":{},\"__metadata__\":{}}|is there twice; remove one",
            "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|half a surrogate pair",
            "{\"a\\nb\":7}|tensor 'a\\u000ab': expected an object",
            "{\"t\":{\"dtype\":\"F32\",\"shape\":NaN,\"data_offsets\":[0,8]}}|header: not valid JSON",
    })
    void hostileHeadersAreRefused(String header, String message) {
        assertRefused(file(header, new byte[8]), message);
    }

    @Test
    void deepWideAndLongHeadersAreRefused() {
        assertRefused(file("{\"t\":" + "[".repeat(5000) + "]".repeat(5000) + "}", new byte[0]), "tensor 't'");
        assertRefused(file("{\"t\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(40) + "1],\"data_offsets\":[0,4]}}",
                new byte[4]), "tensor 't'", "more than 32");
        assertRefused(file("{\"" + "n".repeat(5000) + "\":0}", new byte[0]), "header", "more than 4096 characters");
        assertRefused(file("{\"__metadata__\":{\"k\":\"" + "n".repeat(2_000_000) + "\"}}", new byte[0]), "header");
        assertRefused(file(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, new byte[0]), "header", "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1, 100, 1L << 32})
    void hostileHeaderLengthsAreRefused(long length) {
        byte[] bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
        assertRefused(bytes, "header: claims " + Long.toUnsignedString(length) + " bytes");
    }

    @Test
    void limitsHold() throws IOException {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            tensors.put("t" + i, Tensor.zeros(10));
        }
        byte[] bytes = bytes(Archive.of(tensors));
        assertRefused(bytes, Limits.defaults().tensors(9), "header: more than 9 tensors", "limit 'tensors'");
        assertRefused(bytes, Limits.defaults().bytes(bytes.length - 1), "limit 'bytes'");
        assertRefused(bytes, Limits.defaults().jsonBytes(100), "header: has ", "limit 'jsonBytes'");
        Limits exact = Limits.defaults().tensors(10).bytes(bytes.length);
        assertEquals(10, Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, "x", exact).tensors().size());
        assertThrows(IllegalArgumentException.class, () -> Limits.defaults().tensors(0));
    }

    @Test
    void hugeClaimsReserveNoMemory() {
        // The file claims 8 GB that it does not have: it must be refused before an array is made.
        assertRefused(file(header("F32", "[2000000000]", 0, 8_000_000_000L), new byte[8]), "tensor 't'", "cut short");
        // A stream that is shorter than its stated length.
        byte[] bytes = file(header("F32", "[2]", 0, 8), new byte[4]);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> Safetensors.read(
                new ByteArrayInputStream(bytes), bytes.length + 4, "short.safetensors", Limits.defaults()));
        assertTrue(e.getMessage().startsWith("short.safetensors: tensor 't': the data ends too early"), e.getMessage());
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = sample();
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "");
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "1 bytes at the end belong to no tensor");
    }

    @Test
    void flippedBytesAreReadOrRefused() throws IOException {
        byte[] whole = sample();
        SplittableRandom random = new SplittableRandom(2);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                read(bytes);
            } catch (ModelFormatException e) {
                assertOneLine(e);
                refused++;
            }
        }
        assertTrue(refused > 5_000, "most of the file is header, and most changes of it are faults: " + refused);
    }

    @Test
    void filesThatCannotBeReadAreSaidInOneLine() throws IOException {
        Path missing = folder.resolve("none.safetensors");
        IOException e = assertThrows(IOException.class, () -> Safetensors.read(missing));
        assertEquals("cannot read " + missing + ": no such file; check the name", e.getMessage());
        e = assertThrows(IOException.class, () -> Safetensors.read(folder));
        assertEquals("cannot read " + folder + ": it is a folder; give the name of a file", e.getMessage());
        Path empty = Files.createFile(folder.resolve("empty.safetensors"));
        e = assertThrows(ModelFormatException.class, () -> Safetensors.read(empty));
        assertTrue(e.getMessage().startsWith(empty + ": has 0 bytes, too few"), e.getMessage());
    }

    @Test
    void anArchiveChecksItsNames() {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", Tensor.zeros(1));
        LinkedHashMap<String, IntTensor> ints = new LinkedHashMap<>();
        ints.put("a", IntTensor.zeros(1));
        assertRefused(() -> new Archive(tensors, ints, new LinkedHashMap<>()), "two tensors are named 'a'");
        tensors.put("__metadata__", Tensor.zeros(1));
        assertRefused(() -> Archive.of(tensors), "__metadata__");
        tensors.remove("__metadata__");
        tensors.put("\udc00", Tensor.zeros(1));
        assertRefused(() -> Archive.of(tensors), "half a surrogate pair");
        tensors.remove("\udc00");
        tensors.put("n".repeat(4097), Tensor.zeros(1));
        assertRefused(() -> Archive.of(tensors), "longer than 4096");
        Archive archive = Archive.of(new LinkedHashMap<>());
        assertThrows(UnsupportedOperationException.class, () -> archive.tensors().put("b", Tensor.zeros(1)));
    }

    private static void assertRefused(Runnable make, String part) {
        String message = assertThrows(IllegalArgumentException.class, make::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static byte[] sample() throws IOException {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("kernel", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
        tensors.put("bias", Tensor.of(new float[] {1, 2, 3}, 3));
        tensors.put("none", Tensor.zeros(0));
        LinkedHashMap<String, IntTensor> ints = new LinkedHashMap<>();
        ints.put("ids", IntTensor.of(new int[] {4, 5}, 2));
        LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("key", "value");
        return bytes(new Archive(tensors, ints, metadata));
    }

    private static String header(String dtype, String shape, long begin, long end) {
        return "{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + "," + end
                + "]}}";
    }

    private static Archive one(String dtype, int size, ByteBuffer data) throws IOException {
        return read(file(header(dtype, "[" + size + "]", 0, data.capacity()), data.array()));
    }

    private static void assertReals(float[] expected, Archive archive) {
        assertEquals(Tensor.of(expected, expected.length), archive.tensors().get("t"));
        assertTrue(archive.ints().isEmpty());
    }

    private static void assertWholes(int[] expected, Archive archive) {
        assertEquals(IntTensor.of(expected, expected.length), archive.ints().get("t"));
        assertTrue(archive.tensors().isEmpty());
    }

    private static byte[] file(String header, byte[] data) {
        return file(header.getBytes(StandardCharsets.UTF_8), data);
    }

    private static byte[] file(byte[] header, byte[] data) {
        return ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).put(data).array();
    }

    private static byte[] bytes(Archive archive) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Safetensors.write(out, archive);
        return out.toByteArray();
    }

    private static Archive read(byte[] bytes) throws IOException {
        return Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, "dir/x.safetensors", Limits.defaults());
    }

    private static void assertRefused(byte[] bytes, String... parts) {
        assertRefused(bytes, Limits.defaults(), parts);
    }

    private static void assertRefused(byte[] bytes, Limits limits, String... parts) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> Safetensors.read(
                new ByteArrayInputStream(bytes), bytes.length, "dir/x.safetensors", limits));
        assertOneLine(e);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), () -> "expected '" + part + "' in: " + e.getMessage());
        }
    }

    private static void assertOneLine(ModelFormatException e) {
        assertTrue(e.getMessage().startsWith("dir/x.safetensors: "), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
