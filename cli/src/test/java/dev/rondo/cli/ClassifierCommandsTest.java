package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// `evaluate` and `predict`.
class ClassifierCommandsTest {
    @TempDir
    private static Path folder;
    private static String model = "";
    private static String data = "";

    @BeforeAll
    static void train() throws IOException {
        data = Texts.reviews(folder.resolve("reviews.csv"), 40);
        model = folder.resolve("m.rondo").toString();
        Rondo.run("train", "classify", "--data", data, "--out", model, "--model",
                Texts.network(folder.resolve("tiny.json"))).done();
    }

    @Test
    void evaluateForPeople() {
        String out = Rondo.run("evaluate", model, "--data", data).done().out();
        for (String part : new String[] {"accuracy", "neg", "pos", "precision", "recall", "predicted"}) {
            assertTrue(out.contains(part), () -> part + " in:\n" + out);
        }
    }

    @Test
    void evaluateAsJson() {
        Rondo rondo = Rondo.run("evaluate", model, "--data", data, "--json").done();
        assertEquals("", rondo.err());
        assertEquals(1, rondo.json().size());
        ObjectNode node = rondo.json().getFirst();
        assertEquals(40, node.get("texts").intValue());
        int right = node.get("confusion").get(0).get(0).intValue() + node.get("confusion").get(1).get(1).intValue();
        assertEquals(right / 40.0, node.get("accuracy").doubleValue());
        assertEquals("neg", node.get("classes").get(0).get("label").stringValue());
    }

    @Test
    void evaluateRefusesOtherClasses() throws IOException {
        String file = file("other.csv", "text,label\na,pos\nb,bad\n");
        Rondo.run("evaluate", model, "--data", file).failed(1, "other.csv", "'bad'", "'neg'");
    }

    @Test
    void evaluateWithOtherColumns() throws IOException {
        String file = file("columns.tsv", "stars\tbody\npos\tgood\nneg\tbad\n");
        assertEquals(2, Rondo.run("evaluate", model, "--data", file, "--text-column", "body", "--label-column", "stars",
                "--json").done().json().getFirst().get("texts").intValue());
        Rondo.run("evaluate", model, "--data", file, "--text-column", "stars", "--label-column", "stars")
                .failed(1, "stars");
    }

    @Test
    void columnsAreKept() throws IOException {
        String rows = Files.readString(Path.of(data)).replaceFirst("text,label", "body,stars");
        String file = file("named.csv", rows);
        String named = folder.resolve("named.rondo").toString();
        Rondo.run("train", "classify", "--data", file, "--text-column", "body", "--label-column", "stars", "--out",
                named, "--model", Texts.network(folder.resolve("tiny.json"))).done();
        assertEquals(40, Rondo.run("evaluate", named, "--data", file, "--json").done().json().getFirst().get("texts")
                .intValue());
        assertEquals(40, Rondo.run("predict", named, "--data", file).done().out().lines().count());
        assertTrue(Rondo.run("inspect", named).done().out().contains("text body, label stars"));
        Rondo.run("evaluate", named, "--data", data).failed(1, "reviews.csv", "no text column 'body'", "--text-column");
        Rondo.run("predict", named, "--data", data).failed(1, "reviews.csv", "no text column 'body'", "--text-column");
        assertEquals(40, Rondo.run("evaluate", named, "--data", data, "--text-column", "text", "--label-column",
                "label", "--json").done().json().getFirst().get("texts").intValue());
    }

    @Test
    void aClassKeepsToItsLine() throws IOException {
        String file = file("lines.csv", "text,label\n" + "so good,\"a\tb\nc\"\nso bad,d\n".repeat(9));
        String odd = folder.resolve("odd.rondo").toString();
        String err = Rondo.run("train", "classify", "--data", file, "--out", odd, "--model",
                Texts.network(folder.resolve("tiny.json"))).done().err();
        assertTrue(err.contains("classes a\\tb\\nc (9), d (9)\n"), err);
        assertEquals(2, Rondo.run("predict", odd, "--text", "good").done().out().lines().count());
        String rows = Rondo.run("predict", odd, "--data", file).done().out();
        assertTrue(rows.lines().allMatch(row -> row.split("\t", -1).length == 3), rows);
        assertEquals("a\tb\nc", Rondo.run("evaluate", odd, "--data", file, "--json").done().json().getFirst()
                .get("classes").get(0).get("label").stringValue());
    }

    @Test
    void predictForPeople() {
        String out = Rondo.run("predict", model, "--text", "The soup was good.").done().out();
        assertEquals(2, out.lines().count());
        assertTrue(out.lines().allMatch(line -> line.matches("(pos|neg) .* %.*")), out);
    }

    @Test
    void predictSeveralTexts() {
        List<ObjectNode> lines = Rondo
                .run("predict", model, "--text", "good", "--text", "日本語 \"naïve\" 🎻", "--text", "",
                        "--json")
                .done().json();
        assertEquals(3, lines.size());
        assertEquals("日本語 \"naïve\" 🎻", lines.get(1).get("text").stringValue());
        ObjectNode first = lines.getFirst();
        double pos = first.get("probabilities").get("pos").doubleValue();
        double neg = first.get("probabilities").get("neg").doubleValue();
        assertEquals(1, pos + neg, 1e-9, "two doubles that were made to add up to one");
        assertEquals(Math.max(pos, neg), first.get("probability").doubleValue());
        assertEquals(pos > neg ? "pos" : "neg", first.get("label").stringValue());
    }

    @Test
    void predictAFileLikeItsTexts() throws IOException {
        String file = file("texts.csv", "id,text\n1,\"good, very\"\n2,bad\n");
        List<ObjectNode> rows = Rondo.run("predict", model, "--data", file, "--json").done().json();
        assertEquals(2, rows.size());
        assertEquals(2, rows.get(1).get("row").intValue());
        ObjectNode alone = Rondo.run("predict", model, "--text", "good, very", "--json").done().json().getFirst();
        assertEquals(alone.get("probability").doubleValue(), rows.getFirst().get("probability").doubleValue(), 1e-6,
                "a text alone and in a batch, in float32");
        String lines = Rondo.run("predict", model, "--data", file).done().out();
        assertTrue(lines.lines().allMatch(line -> line.matches("(pos|neg)\t0\\.\\d{4}\t.+")), lines);
    }

    @Test
    void predictStandardInput() {
        assertEquals(2, Rondo.reading("good\nbad\n", "predict", model, "--data", "-").done().out().lines().count());
        Rondo.reading("", "predict", model, "--data", "-").failed(1, "standard input", "empty");
    }

    @Test
    void predictManyRows() {
        String texts = "good\n".repeat(1023) + "bad\n".repeat(1100);
        List<ObjectNode> rows = Rondo.reading(texts, "predict", model, "--data", "-", "--json").done().json();
        assertEquals(2123, rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertEquals(i + 1, rows.get(i).get("row").intValue());
            assertEquals(i < 1023 ? "good" : "bad", rows.get(i).get("text").stringValue());
        }
    }

    @Test
    void predictNeedsOneSource() {
        Rondo.run("predict", model).failed(2, "--text", "--data");
        Rondo.run("predict", model, "--text", "a", "--data", "-").failed(2, "--text", "--data");
    }

    @Test
    void modelsThatAreNone() throws IOException {
        Rondo.run("predict", data, "--text", "a").failed(1, "reviews.csv");
        Rondo.run("evaluate", folder.resolve("none.rondo").toString(), "--data", data).failed(1, "none.rondo");
        byte[] whole = Files.readAllBytes(Path.of(model));
        Path half = Files.write(folder.resolve("half.rondo"), java.util.Arrays.copyOf(whole, whole.length / 2));
        Rondo.run("predict", half.toString(), "--text", "a").failed(1, "half.rondo");
    }

    @Test
    void inspectShowsTheClasses() {
        String out = Rondo.run("inspect", model).done().out();
        assertTrue(out.contains("neg") && out.contains("pos"), out);
    }

    private static String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }
}
