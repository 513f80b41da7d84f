package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.rondo.io.SavedSequential;
import dev.rondo.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class ClassifyCommandTest {
    private static final String EARLIER = "an earlier model";

    @TempDir
    private Path folder;
    private String data = "";
    private String network = "";
    private String out = "";

    @BeforeEach
    void write() throws IOException {
        data = Texts.reviews(folder.resolve("train.csv"), 40);
        network = Texts.network(folder.resolve("tiny.json"));
        out = folder.resolve("m.rondo").toString();
    }

    @Test
    void savesAModel() throws IOException {
        Rondo rondo = train().done();
        assertTrue(rondo.out().startsWith("saved " + out), rondo.out());
        assertTrue(rondo.err().contains("40 texts"), rondo.err());
        assertTrue(rondo.err().lines().anyMatch(line -> line.startsWith("epoch 1/2 ")), rondo.err());
        assertTrue(rondo.err().lines().anyMatch(line -> line.startsWith("epoch 2/2 ")), rondo.err());
        assertTrue(Rondo.run("inspect", out).done().out().contains("train.csv, 40 rows"));
        assertEquals(List.of("m.rondo", "tiny.json", "train.csv"), files());
    }

    @Test
    void stopsWhereNothingIsLeftToLearn() throws IOException {
        String easy = file("easy.csv", "text,label\n" + "so good,pos\nso bad,neg\n".repeat(60));
        Files.writeString(Path.of(network), Files.readString(Path.of(network)).replace("\"epochs\": 2, ",
                "\"optimizer\": {\"class_name\": \"Adam\", \"config\": {\"learning_rate\": 0.5}}, ")
                .replace("\"validation_share\": 0.0", "\"validation_share\": 0.1"));
        Rondo open = Rondo.run("train", "classify", "--data", easy, "--model", network, "--out", out).done();
        List<String> lines = open.err().lines().toList();
        assertTrue(lines.getLast().matches("stopped after epoch \\d+ of 25: the losses are as good as zero; .*"),
                open.err());
        assertTrue(open.err().lines().filter(line -> line.startsWith("epoch ")).count() < 25, open.err());
        Rondo all = Rondo.run("train", "classify", "--data", easy, "--model", network, "--out", out, "--epochs", "25")
                .done();
        assertTrue(all.err().lines().toList().getLast().startsWith("epoch 25/25 "), all.err());
    }

    @Test
    void stopsWhereTheValidationLossNoLongerFalls() throws IOException {
        String opposite = file("opposite.csv", Files.readString(Path.of(data)).replace(",pos\n", ",x\n")
                .replace(",neg\n", ",pos\n").replace(",x\n", ",neg\n"));
        Files.writeString(Path.of(network), Files.readString(Path.of(network)).replace("\"epochs\": 2, ", ""));
        Rondo rondo = train("--validation", opposite).done();
        String last = rondo.err().lines().toList().getLast();
        assertTrue(last.matches("stopped after epoch \\d+ of 25: the validation loss was lowest in epoch \\d+; .*"),
                rondo.err());
        assertTrue(rondo.out().contains("with the weights of epoch "), rondo.out());
    }

    @Test
    void beginsWithWordVectors() throws IOException {
        Path vectors = folder.resolve("vectors.txt");
        Files.writeString(vectors, "the 1 2 3\nnever 4 5 6\nxylophone 7 8 9\n");
        String learningNothing = Files.readString(Path.of(network)).replace("\"epochs\": 2",
                "\"optimizer\": {\"class_name\": \"SGD\", \"config\": {\"learning_rate\": 1e-30}}, \"epochs\": 1");
        Files.writeString(Path.of(network), learningNothing);
        Rondo rondo = train("--vectors", vectors.toString()).done();
        assertTrue(rondo.err().contains("vectors of 3 numbers for 2 of "), rondo.err());
        SavedSequential saved = SavedSequential.load(Path.of(out));
        List<String> words = saved.vocabulary().orElseThrow().lines().toList();
        Tensor table = saved.model().weights().get("embedding/embeddings");
        assertEquals(3, table.dim(1));
        int row = 3 * words.indexOf("never");
        assertArrayEquals(new float[] {4, 5, 6}, Arrays.copyOfRange(table.data(), row, row + 3));
        Files.writeString(vectors, "the 1 2 3\nnever 4 5\n");
        Rondo damaged = train("--vectors", vectors.toString());
        assertEquals(1, damaged.status());
        assertTrue(damaged.err().contains("vectors.txt: line 2: has fewer than the 3 numbers"), damaged.err());
        Files.writeString(vectors, "xylophone 1 2 3\n");
        Rondo foreign = train("--vectors", vectors.toString());
        assertEquals(1, foreign.status());
        assertTrue(foreign.err().contains("vectors.txt: has no word of the data"), foreign.err());
    }

    @Test
    void printsEpochsAndTheFileAsJson() {
        List<ObjectNode> lines = train("--json", "--epochs", "3", "--validation", data).done().json();
        assertEquals(4, lines.size());
        assertEquals(2, lines.get(1).get("epoch").intValue());
        assertTrue(lines.get(1).get("loss").doubleValue() > 0);
        assertTrue(lines.get(1).get("validation_accuracy").doubleValue() >= 0);
        assertEquals(out, lines.get(3).get("saved").stringValue());
    }

    @Test
    void threadsDoNotChangeTheModel() {
        train("--threads", "1").done();
        Rondo one = Rondo.run("predict", out, "--text", "The soup was never boring.", "--json").done();
        train("--threads", "3").done();
        assertEquals(one, Rondo.run("predict", out, "--text", "The soup was never boring.", "--json").done());
        train("--seed", "5").done();
        assertFalse(one.equals(Rondo.run("predict", out, "--text", "The soup was never boring.", "--json").done()));
    }

    @Test
    void filesThatCannotBeUsed() throws IOException {
        keepsTheEarlierModel(file("empty.csv", ""), "empty.csv", "empty");
        keepsTheEarlierModel(file("header.csv", "text,label\n"), "header.csv", "header");
        keepsTheEarlierModel(file("column.csv", "body,label\na,pos\nb,neg\n"), "column.csv", "'text'", "body");
        keepsTheEarlierModel(file("class.csv", "text,label\na,pos\nb,pos\n"), "class.csv", "one class 'pos'");
        keepsTheEarlierModel(file("label.csv", "text,label\na,pos\nb,\n"), "label.csv", "label");
        keepsTheEarlierModel(file("name.data", "text,label\na,pos\n"), "name.data", ".csv");
        keepsTheEarlierModel(folder.resolve("none.csv").toString(), "none.csv", "no such file");
        keepsTheEarlierModel(folder.toString(), folder.getFileName().toString(), "directory");
    }

    @Test
    void wrongEncoding() throws IOException {
        Path file = folder.resolve("latin1.csv");
        Files.write(file, "text,label\ncaf\u00e9 ferm\u00e9,neg\nbon,pos\n".getBytes(StandardCharsets.ISO_8859_1));
        keepsTheEarlierModel(file.toString(), "latin1.csv", "UTF-8");
    }

    @Test
    void truncatedGzip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(Files.readAllBytes(Path.of(data)));
        }
        Path file = folder.resolve("train.csv.gz");
        Files.write(file, Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2));
        keepsTheEarlierModel(file.toString(), "train.csv.gz");
    }

    @Test
    void emptyTextsAreNamedAndRead() throws IOException {
        String file = file("some.csv", "text,label\n\"\",pos\nbad bad,neg\ngood good,pos\n  ,neg\n");
        Rondo rondo = train(file).done();
        assertTrue(rondo.err().contains("some.csv: 2 of 4 texts are empty"), rondo.err());
    }

    @Test
    void allTextsEmpty() throws IOException {
        keepsTheEarlierModel(file("blank.csv", "text,label\n\"\",pos\n\" \",neg\n"), "blank.csv", "empty");
    }

    @Test
    void targetIsCheckedBeforeTraining() throws IOException {
        Files.createDirectory(folder.resolve("d"));
        trainTo(folder.resolve("d")).failed(1, "--out", "directory");
        trainTo(folder.resolve("none/m.rondo")).failed(1, "--out", "none", "does not exist");
        trainTo(folder.resolve("train.csv/m.rondo")).failed(1, "--out", "train.csv is not a directory");
        trainTo(Path.of(data)).failed(1, "--out", "the file that is read");
        trainTo(Path.of(network)).failed(1, "--out", "the file that is read");
    }

    @Test
    void unwritableTarget() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        assertTrue(closed.toFile().setWritable(false));
        assumeFalse(Files.isWritable(closed), "this user may write everywhere");
        trainTo(closed.resolve("m.rondo")).failed(1, "--out", "closed", "permission");
    }

    @Test
    void aModelThatCannotBeSavedIsSavedElsewhere() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        var err = new ByteArrayOutputStream();
        var removing = new PrintStream(err, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                super.println(line);
                assertTrue(!line.startsWith("epoch 1/") || gone.toFile().delete());
            }
        };
        int status = Main.run(new String[] {"train", "classify", "--data", data, "--model", network, "--out",
                gone.resolve("m.rondo").toString()}, new PrintStream(OutputStream.nullOutputStream()), removing,
                InputStream.nullInputStream());
        assertEquals(1, status);
        String last = err.toString(StandardCharsets.UTF_8).lines().toList().getLast();
        var line = Pattern.compile("rondo: cannot write .*m\\.rondo: .*does not exist.*saved as (\\S+) instead.*")
                .matcher(last);
        assertTrue(line.matches(), last);
        Path elsewhere = Path.of(line.group(1));
        Rondo.run("predict", elsewhere.toString(), "--text", "good").done();
        Files.delete(elsewhere);
    }

    @Test
    void wrongNetworks() throws IOException {
        Path file = Path.of(network);
        String json = Files.readString(file);
        Files.writeString(file, json.replace("LSTM", "LSTN"));
        train().failed(1, "tiny.json", "layer 2", "LSTN");
        Files.writeString(file, json.replace("\"units\": 3", "\"units\": 0"));
        train().failed(1, "tiny.json", "units");
        Files.writeString(file, json.substring(0, 80));
        train().failed(1, "tiny.json", "JSON");
        Files.delete(file);
        train().failed(1, "tiny.json", "no such file");
    }

    @Test
    void wrongUsage() {
        train("--epochs", "0").failed(2, "--epochs 0", "--help");
        train("--batch-size", "-1").failed(2, "--batch-size -1");
        train("--max-length", "0").failed(2, "--max-length 0");
        train("--max-length", "1048577").failed(2, "--max-length 1048577: expected 1 to 1048576");
        train("--seed", "1.5").failed(2, "'1.5' is not a whole number");
        train("--epoch", "3").failed(2, "unknown option '--epoch'", "--epochs");
        Rondo.run("train", "classify", "--out", out).failed(2, "--data");
        Rondo.run("train").failed(2, "classify");
        Rondo.run("train", "clasify").failed(2, "unknown command 'clasify'", "classify");
    }

    private void keepsTheEarlierModel(String file, String... words) throws IOException {
        Files.writeString(Path.of(out), EARLIER);
        Rondo rondo = train(file);
        rondo.failed(1, words);
        assertEquals(EARLIER, Files.readString(Path.of(out)));
    }

    private Rondo train(String... more) {
        boolean other = more.length == 1 && !more[0].startsWith("--");
        List<String> args = new ArrayList<>(List.of("train", "classify", "--data", other ? more[0] : data, "--out",
                out, "--model", network));
        if (!other) {
            args.addAll(List.of(more));
        }
        return Rondo.run(args.toArray(String[]::new));
    }

    private Rondo trainTo(Path target) {
        return Rondo.run("train", "classify", "--data", data, "--model", network, "--out", target.toString());
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
