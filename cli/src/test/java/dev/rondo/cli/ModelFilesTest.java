package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Json;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedSequential;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Model files, good and bad, through the command line.
class ModelFilesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void save() throws IOException {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3), Dense.of(2));
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("accuracy", 0.75);
        var provenance = new Provenance(List.of(new Provenance.Data("reviews.csv", 42, "0".repeat(64))), 3, 5, metrics,
                Provenance.Environment.here(2, 1), Instant.EPOCH);
        SavedSequential.of("test", model, Json.mapper().createObjectNode().put("kind", "test"),
                Optional.of("the\nfilm\n"), provenance).save(path());
    }

    @Test
    void inspectShowsLayersAndOrigin() {
        String out = Rondo.run("inspect", path().toString()).done().out();
        for (String part : new String[] {"m.rondo", "embedding", "lstm", "dense", "[B, 2]", "24", "96", "reviews.csv",
                "42 rows", "seed 3", "5 epochs", "accuracy 0.7500"}) {
            assertTrue(out.contains(part), () -> part + " in:\n" + out);
        }
    }

    @Test
    void inspectShowsTheKeptEpochAndTheLast() throws IOException {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(6, 4), Lstm.of(3), Dense.of(2));
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("epoch kept", 2.0);
        for (int epoch = 1; epoch <= 3; epoch++) {
            metrics.put("epoch " + epoch + " training loss", epoch / 8.0);
        }
        var provenance = new Provenance(List.of(), 3, 3, metrics, Provenance.Environment.here(2, 1), Instant.EPOCH);
        var task = Json.mapper().createObjectNode().put("filters", "!\t\n");
        SavedSequential saved = SavedSequential.of("test", model, task, Optional.empty(), provenance);
        saved.save(path());
        List<String> lines = Rondo.run("inspect", path().toString()).done().out().lines().toList();
        assertTrue(lines.contains("epoch kept     2: training loss 0.2500"), lines::toString);
        assertTrue(lines.contains("last epoch     3: training loss 0.3750"), lines::toString);
        assertTrue(lines.stream().noneMatch(line -> line.contains("0.1250")), lines::toString);
        assertTrue(lines.contains("filters        !\\t\\n"), lines::toString);
        assertEquals(4, Rondo.run("inspect", path().toString(), "--json").done().json().getFirst().get("provenance")
                .get("metrics").size());
        assertTrue(saved.card().contains("\n| epoch kept | 2 |\n| epoch 2 training loss | 0.25000 |\n"
                + "| epoch 3 training loss | 0.37500 |\n"), saved.card());
    }

    @Test
    void inspectAsJson() throws IOException {
        Rondo rondo = Rondo.run("inspect", path().toString(), "--json").done();
        assertEquals("", rondo.err());
        assertEquals(1, rondo.json().size());
        ObjectNode node = rondo.json().getFirst();
        assertEquals(Files.size(path()), node.get("bytes").longValue());
        assertEquals(24 + 4 * 3 * (4 + 3 + 1) + 8, node.get("parameters").intValue());
        assertEquals("lstm", node.get("layers").get(1).get("kind").stringValue());
        assertEquals("[4,12]", node.get("layers").get(1).get("weights").get("lstm/kernel").toString());
        assertEquals("reviews.csv", node.get("provenance").get("data").get(0).get("name").stringValue());
        assertEquals("1970-01-01T00:00:00Z", node.get("provenance").get("date").stringValue());
    }

    @Test
    void truncated() throws IOException {
        byte[] whole = Files.readAllBytes(path());
        for (int bytes : new int[] {0, 10, whole.length / 2, whole.length - 1}) {
            Files.write(path(), Arrays.copyOf(whole, bytes));
            refused();
        }
    }

    @Test
    void edited() throws IOException {
        byte[] whole = Files.readAllBytes(path());
        int weights = new String(whole, StandardCharsets.ISO_8859_1).indexOf("weights.safetensors");
        whole[weights + 600] ^= 1;
        Files.write(path(), whole);
        refused("weights.safetensors");
    }

    @Test
    void unknownLayer() throws IOException {
        rewrite("\"LSTM\"", "\"LSTN\"");
        refused("model.json", "layer 2", "LSTN");
    }

    @Test
    void overflowingShapes() throws IOException {
        rewrite("\"units\": 3", "\"units\": 2000000000");
        refused("model.json");
    }

    @Test
    void somethingElse() throws IOException {
        Rondo.run("inspect", folder.toString()).failed(1, folder.toString(), "folder");
        Rondo.run("inspect", folder.resolve("none.rondo").toString()).failed(1, "none.rondo", "no such file");
        Files.writeString(path(), "PK no, only text");
        refused();
    }

    private void refused(String... words) {
        Rondo.run("inspect", path().toString()).failed(1, words).failed(1, "m.rondo");
        Rondo.run("run", path().toString(), "--input", "x", "--output", folder.resolve("y").toString())
                .failed(1, "m.rondo");
    }

    /// Replaces text in model.json, with all sizes and checksums of the zip file right again.
    private void rewrite(String from, String to) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var in = new ZipInputStream(Files.newInputStream(path())); var out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                if (entry.getName().equals("model.json")) {
                    String json = new String(content, StandardCharsets.UTF_8);
                    assertTrue(json.contains(from), json);
                    content = json.replace(from, to).getBytes(StandardCharsets.UTF_8);
                }
                var copy = new ZipEntry(entry.getName());
                if (entry.getMethod() == ZipEntry.STORED) {
                    var crc = new CRC32();
                    crc.update(content);
                    copy.setMethod(ZipEntry.STORED);
                    copy.setSize(content.length);
                    copy.setCrc(crc.getValue());
                }
                out.putNextEntry(copy);
                out.write(content);
                out.closeEntry();
            }
        }
        Files.write(path(), bytes.toByteArray());
    }

    private Path path() {
        return folder.resolve("m.rondo");
    }
}
