package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that would run something, take all memory or reach elsewhere are refused in one line.
class HostileTorchFileTest {
    @TempDir
    private Path folder = Path.of("");

    private static final long[] NONE = {};

    @ParameterizedTest
    @CsvSource({"os, system", "posix, system", "builtins, eval", "builtins, getattr", "__builtin__, exec",
            "torch, load", "torch.nn.modules.rnn, LSTM", "collections, OrderedDict.__reduce__",
            "torch, ComplexFloatStorage",
            "torch._utils, _rebuild_tensor_v2.__globals__", "java.lang, Runtime", "numpy.core.multiarray, scalar"})
    void namesTheCallable(String module, String name) throws IOException {
        PickleBytes called = PickleBytes.protocol(2).ops("}").text("w").global(module, name).ops("(").text("echo")
                .ops("tRs.");
        assertRefused(called, "entry 'm/data.pkl': names '" + module + "." + name + "', which is not among");
        PickleBytes stacked = PickleBytes.protocol(4).ops("}").text("w").text(module).text(name).raw(0x93).ops(")Rs.");
        assertRefused(stacked, "names '" + module + "." + name + "'");
    }

    static Stream<Arguments> programs() {
        return Stream.of(
                program("a call of a dict", p -> p.ops("})R."), "calls 'a dict', which cannot be called"),
                program("a call of a text", p -> p.text("os.system").ops(")R."), "calls 'a string'"),
                program("a call of a storage class", p -> p.global("torch", "FloatStorage").ops(")R."),
                        "calls 'torch.FloatStorage', which cannot be called"),
                program("no arguments", p -> p.global("torch._utils", "_rebuild_tensor_v2").ops(")R."),
                        "with arguments that"),
                program("a list as arguments", p -> p.global("collections", "OrderedDict").ops("]R."),
                        "expected a tuple"),
                program("items to OrderedDict",
                        p -> p.global("collections", "OrderedDict").ops("]").raw(0x85).ops("R."),
                        "with 1 arguments; expected none"),
                program("another state", p -> p.ops("}}").text("__class__").ops("Nsb."), "sets the state of a dict"),
                program("a state of a list", p -> p.ops("]}b."), "sets the state of a list"),
                program("a new object", p -> p.global("collections", "OrderedDict").ops(")").raw(0x81).ops("."),
                        "the instruction 0x81"),
                program("an instance", p -> p.ops("(ios\nsystem\n."), "the instruction 0x69"),
                program("an extension", p -> p.raw(0x82, 1).ops("."), "the instruction 0x82"),
                program("bytes", p -> p.raw('C', 1, 0).ops("."), "the instruction 0x43"),
                program("a textual persistent id", p -> p.ops("Pfile:///etc/passwd\n."), "the instruction 0x50"),
                program("another persistent id", p -> p.text("/etc/passwd").ops("Q."), "no storage of PyTorch"),
                program("an unknown value", p -> p.raw('h', 7).ops("."), "asks for value 7"),
                program("a value far away", p -> p.ops("j").int32(-1).ops("."), "asks for value 4294967295"),
                program("an empty stack", p -> p.ops("0."), "empty stack"),
                program("a group below its mark", p -> p.ops("](a."), "empty stack"),
                program("an end without a begin", p -> p.ops("u."), "ends a group"),
                program("half an entry", p -> p.ops("}(").text("a").ops("u."), "a key without a value"),
                program("a dict as key", p -> p.ops("}}Ns."), "whose key is a dict"),
                program("an append to a dict", p -> p.ops("}Na."), "appends to a dict"),
                program("a huge text", p -> p.ops("X").int32(-1).ops("."), "has a string of 4294967295 bytes"),
                program("a huge long text", p -> p.raw(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80),
                        "has a string of 9223372036854775808"),
                program("a text beyond the end", p -> p.ops("X").int32(60_000), "ends in the middle"),
                program("a text that is not UTF-8", p -> p.raw(0x8c, 1, 0xff).ops("."), "not UTF-8"),
                program("a huge integer", p -> p.raw(0x8b).int32(Integer.MAX_VALUE), "an integer of 2147483647 bytes"),
                program("a negative integer size", p -> p.raw(0x8b).int32(-1), "an integer of 4294967295 bytes"),
                program("a huge frame", p -> p.raw(0x95).int32(0).int32(1), "has a frame of 4294967296 bytes"),
                program("deep nesting", p -> p.ops("(".repeat(5000)), "nests more than 1024"),
                program("bytes after the end", p -> p.ops("}.}"), "goes on for 1 bytes"),
                program("no end", p -> p.ops("}"), "ends in the middle"),
                program("a bare number", p -> p.ops("N."), "holds None; expected the names and tensors"));
    }

    private static Arguments program(String name, UnaryOperator<PickleBytes> program, String message) {
        return Arguments.of(name, program.apply(PickleBytes.protocol(4)), message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void refusesWhatNoStateDictionaryNeeds(String name, PickleBytes pickle, String message) throws IOException {
        assertRefused(pickle, message);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "6", "255"})
    void refusesOtherProtocols(int protocol) throws IOException {
        assertRefused(PickleBytes.protocol(protocol).ops("}."), "protocol " + protocol + "; read are 2 to 5");
    }

    static Stream<Arguments> tensors() {
        long huge = Long.MAX_VALUE;
        return Stream.of(
                Arguments.of(4, 5, new long[] {1}, new long[] {1},
                        "reaches from number 5 to 5 of storage '0', which holds 4"),
                Arguments.of(4, 1, new long[] {4}, new long[] {1}, "from number 1 to 4"),
                Arguments.of(4, -1, new long[] {1}, new long[] {1}, "from number -1"),
                Arguments.of(4, 0, new long[] {2, 2}, new long[] {3, 1}, "from number 0 to 4"),
                Arguments.of(4, 0, new long[] {2}, new long[] {huge}, "which holds 4"),
                Arguments.of(4, huge, new long[] {2}, new long[] {huge}, "which holds 4"),
                Arguments.of(4, 0, new long[] {-1}, new long[] {1}, "size -1"),
                Arguments.of(4, 0, new long[] {1}, new long[] {-1}, "stride -1"),
                Arguments.of(4, 0, new long[] {huge}, new long[] {0}, "expected 0 or more"),
                Arguments.of(4, 0, new long[] {5}, new long[] {0},
                        "a tensor of 5 numbers in storage '0', which holds 4"),
                Arguments.of(4, 0, new long[] {1 << 30, 1 << 30, 1 << 30}, new long[] {0, 0, 0}, "which holds 4"),
                Arguments.of(4, 0, new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, new long[9], "a tensor of 9 axes"),
                Arguments.of(4, 0, new long[] {2}, NONE, "with arguments that are no storage"),
                Arguments.of(-4, 0, NONE, NONE, "storage '0' has -4 numbers"),
                Arguments.of(5, 0, NONE, NONE, "entry 'm/data/0': has 16 bytes; expected 5 numbers of 4"),
                Arguments.of(1L << 40, 0, new long[] {1 << 30}, new long[] {1},
                        "has 16 bytes; expected 1099511627776 numbers"),
                Arguments.of(huge, 0, NONE, NONE, "has 16 bytes; expected 9223372036854775807 numbers"));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void refusesTensorsBeyondTheirStorage(long stored, long offset, long[] size, long[] stride, String message)
            throws IOException {
        assertRefused(PickleBytes.protocol(2).ops("}").text("w").tensor("0", stored, offset, size, stride).ops("s."),
                message);
    }

    @Test
    void readsATensorThatStaysInside() throws IOException {
        Path file = PickleBytes.protocol(2).ops("}").text("w").tensor("0", 4, 1, new long[] {3}, new long[] {1})
                .ops("s.")
                .save(folder, 4);
        assertArrayEquals(new float[3], StateDict.read(file).tensors().get("w").data());
    }

    @ParameterizedTest
    @CsvSource({"../../../etc/passwd", "/etc/passwd", "1", "0/../../byteorder"})
    void takesStoragesFromTheArchiveAlone(String key) throws IOException {
        assertRefused(
                PickleBytes.protocol(2).ops("}").text("w").tensor(key, 4, 0, new long[] {4}, new long[] {1}).ops("s."),
                "entry 'm/data/" + key + "': is missing");
    }

    /// Each list holds the one before it ten times: 10^400 items if somebody walked through them.
    @Test
    void readsALaughingListWithoutWalkingThroughIt() throws IOException {
        PickleBytes bomb = PickleBytes.protocol(4).ops("}").text("laugh").ops("]").raw(0x94);
        for (int level = 0; level < 200; level++) {
            bomb.ops("](");
            for (int i = 0; i < 10; i++) {
                bomb.raw('h', level);
            }
            bomb.ops("e").raw(0x94);
        }
        bomb.raw(0x86);
        assertRefused(bomb.ops("."), "holds a tuple");
        PickleBytes kept = PickleBytes.protocol(4).ops("}").raw(0x94).text("self").raw('h', 0).ops("s").text("w")
                .tensor("0", 1, 0, NONE, NONE).ops("s.");
        StateDict weights = StateDict.read(kept.save(folder, 1));
        assertEquals("[left out 'self', which is a dict]", weights.notes().toString());
    }

    @Test
    void boundsTheNumberOfValues() throws IOException {
        byte[] many = new byte[(1 << 22) + 10];
        Arrays.fill(many, (byte) ']');
        assertRefused(PickleBytes.protocol(2).raw(many), "makes more than 4194304 values");
    }

    @Test
    void boundsWhatSharedStoragesGrowTo() throws IOException {
        PickleBytes pickle = PickleBytes.protocol(2).ops("}");
        for (int i = 0; i < 64; i++) {
            pickle.text("w" + i).tensor("0", 1 << 16, 0, new long[] {1 << 16}, new long[] {1}).ops("s");
        }
        assertRefused(pickle.ops("."), 1 << 16, "tensor 'w",
                "is more than the file's size or the memory of the JVM allows");
    }

    /// Two numbers far apart, again and again: reading what lies between them would take hours in a large file.
    @Test
    void boundsTheReadingOfStrewnNumbers() throws IOException {
        PickleBytes pickle = PickleBytes.protocol(2).ops("}");
        for (int i = 0; i < 80; i++) {
            pickle.text("w" + i).tensor("0", 1 << 16, 0, new long[] {2}, new long[] {(1 << 16) - 1}).ops("s");
        }
        assertRefused(pickle.ops("."), 1 << 16, "tensor 'w", "strewn over storages");
    }

    @Test
    void refusesNamesThatClimb() throws IOException {
        for (String name : new String[] {"../m/data.pkl", "/m/data.pkl", "m/../../x", "C:x", "m\\x"}) {
            Path file = folder.resolve("climbs.pt");
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                PickleBytes.entry(zip, "m/data.pkl", PickleBytes.protocol(2).ops("}.").bytes());
                PickleBytes.entry(zip, name, new byte[3]);
            }
            assertRefused(file, "entry '" + name + "': has a name that leads out of the archive");
        }
    }

    @Test
    void refusesCompressedEntries() throws IOException {
        Path file = folder.resolve("bomb.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            PickleBytes.entry(zip, "m/data.pkl", PickleBytes.protocol(2).ops("}.").bytes());
            zip.putNextEntry(new ZipEntry("m/data/0"));
            zip.write(new byte[10_000_000]);
        }
        assertRefused(file, "entry 'm/data/0': is compressed; expected it stored");
    }

    @Test
    void refusesOtherFiles() throws IOException {
        Path file = folder.resolve("other");
        Files.write(file,
                new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20,
                        0x6a, (byte) 0xa8, 0x50, 0x19, '.'});
        assertRefused(file, "written in the format before PyTorch 1.6; write it anew");
        Files.writeString(file, "hello");
        assertRefused(file, "neither a file of torch.save nor a safetensors file");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            PickleBytes.entry(zip, "hello", new byte[3]);
        }
        assertRefused(file, "without the entry NAME/data.pkl");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            PickleBytes.entry(zip, "m/data.pkl", new byte[3]);
            PickleBytes.entry(zip, "m/constants.pkl", new byte[3]);
        }
        assertRefused(file, "this is a TorchScript program");
    }

    /// Every prefix of a file, and bits turned over, give an error of one line or the weights, never another failure.
    @Test
    void survivesDamage() throws IOException {
        byte[] good = Files.readAllBytes(TorchCase.of("lstm_checkpoint").file());
        Path file = folder.resolve("damaged.pt");
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] bytes = i % 2 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int flips = i % 2 == 0 ? 0 : 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                StateDict.read(file, Limits.defaults());
            } catch (IOException e) {
                assertEquals(1, String.valueOf(e.getMessage()).lines().count());
                refused++;
            }
        }
        assertTrue(refused > 300, refused + " were refused");
    }

    private void assertRefused(PickleBytes pickle, String... parts) throws IOException {
        assertRefused(pickle, 4, parts);
    }

    private void assertRefused(PickleBytes pickle, int numbers, String... parts) throws IOException {
        assertRefused(pickle.save(folder, numbers), parts);
    }

    private static void assertRefused(Path file, String... parts) {
        String message = assertThrows(ModelFormatException.class, () -> StateDict.read(file)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.startsWith(file.toString()), message);
        assertEquals(1, message.lines().count());
        assertTrue(message.length() < 1000, message);
    }
}
