package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that Rondo cannot take, or must not: one line that names the place.
class HostileKerasFileTest {
    @TempDir
    Path folder = Path.of("");

    private static String refusal(Path file) {
        var e = assertThrows(ModelFormatException.class, () -> KerasModel.read(file));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(file.toString()), message);
        assertFalse(message.contains("\n"), message);
        return message.substring(file.toString().length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "lambda|entry 'config.json': layer 'lambda' (Lambda): is a program in Python, which Rondo never runs",
            "custom|layer 'doubling' (Doubling): is a class of your own",
            "conv2d|layer 'conv2d' (Conv2D): is not among the layers that Rondo has",
            "lstm2d|layer 'conv_lstm1d' (ConvLSTM1D): is not among the layers that Rondo has",
            "quantized|layer 'dense_1' (Dense): is quantized",
            "operation|layer 'tanh' (Tanh): is an operation of keras.ops and no layer",
            "nested|entry 'config.json': not valid JSON",
            "huge|entry 'model.weights.h5': 'layers/dense/vars/0': claims the shape [40000, 1048576], too large",
            "nothing_stored|'layers/dense/vars/0': unpacks from 0 to 6400000000 bytes",
            "not_written|'layers/dense/vars/0':",
            "external_link|'layers/dense/vars/0': is a link, which Keras never writes",
            "text_in_graph|layer 'text_vectorization' (TextVectorization): turns texts or numbers into ids, which Rondo reads only",
            "numbers_and_ids|takes the input from which 'integer_lookup' makes ids",
            "each_sequence|layer 'time_distributed' (TimeDistributed): applies LSTM to each step, which then is a sequence itself",
            "cycle|lies deeper than 32 groups"})
    void isRefusedInOneLine(String name, String problem) throws IOException {
        String message = refusal(file("refused/" + name + ".keras"));
        assertTrue(message.contains(problem), message);
    }

    private Path file(String resource) throws IOException {
        return Files.write(folder.resolve("m.keras"), KerasFiles.bytes(resource));
    }

    private static Map<String, byte[]> entries(String resource) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (var in = new ZipInputStream(new ByteArrayInputStream(KerasFiles.bytes(resource)))) {
            ZipEntry entry;
            while ((entry = in.getNextEntry()) != null) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    private Path zip(Map<String, byte[]> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return Files.write(folder.resolve("m.keras"), bytes.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.txt", "/etc/evil", "assets/../../evil", "C:evil", "assets\\..\\evil", "a/./b"})
    void entriesThatLeadOutAreRefused(String name) throws IOException {
        Map<String, byte[]> entries = entries("refused/dense.keras");
        entries.put(name, new byte[] {1});
        assertEquals(
                ": entry '" + name + "': has a name that leads out of the archive, which no entry of a Keras model "
                        + "has; do not use this file",
                refusal(zip(entries)));
    }

    @Test
    void bombsAreRefused() throws IOException {
        Map<String, byte[]> entries = entries("refused/dense.keras");
        entries.put("model.weights.h5", new byte[50_000_000]);
        assertTrue(refusal(zip(entries)).contains("entry 'model.weights.h5': unpacks from"), "no bomb");
        entries = entries("refused/dense.keras");
        entries.put("config.json", new byte[20_000_000]);
        assertTrue(refusal(zip(entries)).contains("entry 'config.json': has 20000000 bytes, more than the limit"),
                "no limit");
    }

    @Test
    void masksThatNoLayerMadeAreRefused() throws IOException {
        for (String model : new String[] {"mask_state.keras", "mask_merges.keras"}) {
            Map<String, byte[]> entries = entries(model);
            String config = new String(entries.get("config.json"), StandardCharsets.UTF_8);
            assertTrue(config.contains("\"mask_zero\": true"), model);
            entries.put("config.json",
                    config.replace("\"mask_zero\": true", "\"mask_zero\": false").getBytes(StandardCharsets.UTF_8));
            assertTrue(refusal(zip(entries)).contains("(NotEqual): is an operation of keras.ops and no layer"), model);
        }
    }

    @Test
    void missingEntriesAreNamed() throws IOException {
        for (String name : new String[] {"config.json", "model.weights.h5"}) {
            Map<String, byte[]> entries = entries("refused/dense.keras");
            entries.remove(name);
            assertEquals(": entry '" + name + "': is missing; write the model again", refusal(zip(entries)));
        }
    }

    @Test
    void weightsOfAnotherModelAreRefused() throws IOException {
        Map<String, byte[]> entries = entries("refused/dense.keras");
        entries.put("model.weights.h5", entries("lstm_last.keras").get("model.weights.h5"));
        assertTrue(refusal(zip(entries)).contains("'layers/dense/vars/0': is missing"), "accepted");
        entries.put("model.weights.h5", entries("dense_stack.keras").get("model.weights.h5"));
        assertTrue(refusal(zip(entries)).contains("'layers/dense/vars/0': has the shape [5, 4], but the layer needs "
                + "[3, 2]; do the weights belong to another model?"), "accepted");
    }

    @Test
    void weightsAloneNeedAnArchitecture() throws IOException {
        Path file = KerasFiles.file("weights_stack.weights.h5.gz", folder);
        assertTrue(refusal(file).contains("holds weights without the architecture"), "accepted");
    }

    /// Whatever is cut off or changed, there is one line or a model; never another exception, a hang or a lack of memory.
    @ParameterizedTest
    @ValueSource(strings = {"h5_functional.h5.gz", "keras2_stack.h5.gz"})
    void damagedFilesAreRefusedOrRead(String name) throws IOException {
        byte[] whole = Files.readAllBytes(KerasFiles.file(name, folder));
        var random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] damaged = whole.clone();
            if (i < 100) {
                damaged = Arrays.copyOf(damaged, (int) ((long) whole.length * i / 100));
            } else {
                int changes = 1 << random.nextInt(6);
                int start = random.nextInt(damaged.length);
                for (int c = 0; c < changes; c++) {
                    int at = i % 2 == 0 ? random.nextInt(damaged.length) : Math.min(start + c, damaged.length - 1);
                    damaged[at] = (byte) (random.nextInt(3) == 0 ? 0xFF : random.nextInt(256));
                }
            }
            Path file = Files.write(folder.resolve("d.h5"), damaged);
            try {
                KerasModel.read(file, Limits.defaults().bytes(1 << 24));
            } catch (ModelFormatException e) {
                refused++;
                assertTrue(String.valueOf(e.getMessage()).startsWith(file.toString()), e.getMessage());
            }
        }
        assertTrue(refused > 150, "only " + refused + " of 600 were refused");
    }
}
