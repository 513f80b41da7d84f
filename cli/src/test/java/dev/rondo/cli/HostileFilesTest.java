package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a file holds, the commands say in one line what is wrong with it, and write nothing.
class HostileFilesTest {
    private static final Path RESOURCES = Path.of("..", "interop", "src", "test", "resources");

    @TempDir
    private Path inputs;
    @TempDir
    private Path outputs;

    @BeforeEach
    void model() {
        Rondo.run("import", RESOURCES.resolve("torch/gru.pt").toString(), "--out", input("m.rondo")).done();
        Rondo.run("export", input("m.rondo"), "--out", input("x.safetensors")).done();
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras/embedding_lstm_dense.keras", "keras/h5_stack.h5.gz", "torch/gru.pt",
            "torch/lstm_three_layers_safetensors.safetensors"})
    void truncatedImports(String name) throws IOException {
        byte[] whole = bytes(RESOURCES.resolve(name));
        for (int part = 0; part < 20; part++) {
            Files.write(inputs.resolve("cut.bin"), Arrays.copyOf(whole, whole.length * part / 20));
            refused("cut.bin");
        }
    }

    @Test
    void truncatedModels() throws IOException {
        byte[] whole = Files.readAllBytes(inputs.resolve("m.rondo"));
        byte[] tensors = Files.readAllBytes(inputs.resolve("x.safetensors"));
        for (int part = 0; part < 20; part++) {
            Files.write(inputs.resolve("cut.rondo"), Arrays.copyOf(whole, whole.length * part / 20));
            unread("cut.rondo");
            Files.write(inputs.resolve("cut.safetensors"), Arrays.copyOf(tensors, tensors.length * part / 20));
            untouched(Rondo.run("run", input("m.rondo"), "--input", input("cut.safetensors"), "--output",
                    output("y.safetensors")).failed(1, "cut.safetensors"));
        }
    }

    @ParameterizedTest
    @CsvSource({"refused/lambda.keras,layer 'lambda' (Lambda): is a program in Python",
            "refused/external_link.keras,is a link", "refused/huge.keras,", "refused/cycle.keras,"})
    void kerasFiles(String name, String problem) throws IOException {
        Files.copy(RESOURCES.resolve("keras").resolve(name), inputs.resolve("hostile.keras"));
        refused("hostile.keras", problem == null ? "" : problem);
    }

    /// A pickle that would make a file.
    @Test
    void programsAreNotRun() throws IOException {
        String pickle = "\u0080\u0002cposix\nsystem\nX%c\0\0\0touch %s\u0085R.";
        String command = "touch " + outputs.resolve("made");
        String text = pickle.replace("touch %s", command).replace("%c", Character.toString(command.length()));
        zip("system.pt", "m/data.pkl", text.getBytes(StandardCharsets.ISO_8859_1));
        refused("system.pt", "entry 'm/data.pkl': names 'posix.system'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../made", "/tmp/made", "m/../../made", "m\\..\\made"})
    void pathsThatClimb(String name) throws IOException {
        zip("climbing.keras", name, new byte[3], "config.json", new byte[3], "model.weights.h5", new byte[3]);
        refused("climbing.keras", "entry '" + name + "': has a name that leads out of the archive");
        zip("climbing.pt", name, new byte[3], "m/data.pkl", new byte[3]);
        refused("climbing.pt", "entry '" + name + "': has a name that leads out of the archive");
        zip("climbing.rondo", name, new byte[3]);
        unread("climbing.rondo", "entry '" + name + "': has a folder in its name");
    }

    @Test
    void bombs() throws IOException {
        byte[] zeros = new byte[20 << 20];
        zip("bomb.keras", "config.json", zeros, "model.weights.h5", new byte[3]);
        refused("bomb.keras", "entry 'config.json': has 20971520 bytes, more than the limit");
        zip("bomb.rondo", "model.json", zeros);
        unread("bomb.rondo", "entry 'model.json': has 20971520 bytes, more than the limit");
        zip("bomb.pt", "m/data.pkl", new byte[3], "m/data/0", zeros);
        refused("bomb.pt", "is compressed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],"
                    + "\"data_offsets\":[8,16]}}|tensor 'b': its data begins at byte 8 and overlaps 'a'",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,16]}}|tensor 'a': shape",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,9223372036854775807]}}|tensor 'a': F32 numbers",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[400],\"data_offsets\":[0,1600]}}|tensor 'a': its data ends at byte 1600"})
    void tensorsOverlappingOrBeyondTheEnd(String header, String problem) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(inputs.resolve("t.safetensors"))) {
            out.write(new byte[] {(byte) json.length, (byte) (json.length >> 8), 0, 0, 0, 0, 0, 0});
            out.write(json);
            out.write(new byte[16]);
        }
        refused("t.safetensors", problem);
        untouched(Rondo.run("run", input("m.rondo"), "--input", input("t.safetensors"), "--output",
                output("y.safetensors")).failed(1, "t.safetensors", problem));
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty.keras", "empty.h5", "empty.pt", "empty.safetensors", "empty"})
    void emptyFiles(String name) throws IOException {
        Files.createFile(inputs.resolve(name));
        refused(name);
        unread(name);
    }

    @Test
    void folders() throws IOException {
        Files.createDirectory(inputs.resolve("folder.keras"));
        refused("folder.keras", "it is a folder");
        unread("folder.keras", "it is a folder");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no pipes among its files")
    void linksAndPipes() throws IOException, InterruptedException {
        Files.createSymbolicLink(inputs.resolve("loop.keras"), inputs.resolve("loop.keras"));
        refused("loop.keras", "no such file");
        unread("loop.keras", "no such file");
        assumeTrue(new ProcessBuilder("mkfifo", input("pipe.keras")).start().waitFor() == 0);
        refused("pipe.keras", "it is a pipe or a device");
        unread("pipe.keras", "it is a pipe or a device");
    }

    private void refused(String name, String... words) throws IOException {
        untouched(run("import", input(name), "--out", output("out.rondo")).failed(1, name).failed(1, words));
    }

    private void unread(String name, String... words) throws IOException {
        for (Rondo rondo : List.of(run("inspect", input(name)), run("predict", input(name), "--text", "a"),
                run("run", input(name), "--input", input("x.safetensors"), "--output", output("y.safetensors")))) {
            untouched(rondo.failed(1, name).failed(1, words));
        }
    }

    /// The time is there so that a command that waits for ever fails.
    private static Rondo run(String... args) {
        return assertTimeoutPreemptively(Duration.ofMinutes(1), () -> Rondo.run(args));
    }

    private void untouched(Rondo failed) throws IOException {
        try (Stream<Path> files = Files.list(outputs)) {
            assertEquals(List.of(), files.toList(), failed.err());
        }
    }

    private String input(String name) {
        return inputs.resolve(name).toString();
    }

    private String output(String name) {
        return outputs.resolve(name).toString();
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        }
    }

    /// @param entries names and bytes in turn; pickles are stored, as torch.save does
    private void zip(String file, Object... entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(inputs.resolve(file)))) {
            for (int i = 0; i < entries.length; i += 2) {
                ZipEntry entry = new ZipEntry((String) entries[i]);
                byte[] bytes = (byte[]) entries[i + 1];
                if (entry.getName().endsWith(".pkl")) {
                    CRC32 crc = new CRC32();
                    crc.update(bytes);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(bytes.length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                ((OutputStream) zip).write(bytes);
                zip.closeEntry();
            }
        }
    }
}
