package dev.rondo.tasks.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelledTextsTest {

    private static final String GOOD = "id,text,label\n1,\"Good, \"\"really\"\" good\nfilm\",pos\n2,Dull\u0085plot, neg \n3,Été,pos\n";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsQuotedFieldsAndSortsClasses() throws IOException {
        LabelledTexts data = read("a.csv", GOOD);
        assertEquals(List.of("Good, \"really\" good\nfilm", "Dull\u0085plot", "Été"), data.texts());
        assertEquals(List.of("neg", "pos"), data.classes());
        assertArrayEquals(new int[] {1, 0, 1}, data.labels());
        assertArrayEquals(new int[] {1, 2}, data.classCounts());
        assertEquals(List.of(), data.warnings());
        assertEquals(3, data.requireTwoClasses().size());
    }

    @Test
    void readsTabsGzipByteOrderMarkAndWindowsLineEnds() throws IOException {
        LabelledTexts expected = read("a.csv", GOOD);
        List<LabelledTexts> same = List.of(
                read("a.tsv", GOOD.replace(',', '\t').replace("Good\t", "Good,")),
                read("bom.csv", "\uFEFF" + GOOD),
                read("crlf.csv", GOOD.replace("\n", "\r\n").replace("good\r\nfilm", "good\nfilm")),
                read("noend.csv", GOOD.strip()),
                read("blank.csv", GOOD + "\n\n"),
                read(write("a.csv.gz", gzip(GOOD))));
        for (LabelledTexts data : same) {
            assertEquals(expected.texts(), data.texts(), data.source().name());
            assertArrayEquals(expected.labels(), data.labels(), data.source().name());
        }
    }

    @Test
    void sourceHasTheDigestOfTheBytesOnDisk() throws IOException {
        LabelledTexts data = read("a.csv", "text,label\na,x\nb,y\n");
        // printf 'text,label\na,x\nb,y\n' | sha256sum
        assertEquals("aa5c4c36e41149f509999197529caea001f8344c8fbe1478e39c9da8b19549a9", data.source().sha256());
        assertEquals(2, data.source().rows());
        byte[] packed = gzip(GOOD);
        assertEquals(HexFormat.of().formatHex(DataBytes.sha256().digest(packed)),
                read(write("d.csv.gz", packed)).source().sha256());
    }

    @Test
    void concatenatedGzipMembersAreOneFile() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(gzip("text,label\na,x\n"));
        bytes.writeBytes(gzip("b,y\n"));
        assertEquals(List.of("a", "b"), read(write("two.csv.gz", bytes.toByteArray())).texts());
    }

    @Test
    void emptyTextsAreKeptAndReported() throws IOException {
        LabelledTexts data = read("a.csv", "text,label\nfine,pos\n,neg\n\"  \",neg\n");
        assertEquals(List.of("fine", "", "  "), data.texts());
        assertEquals(
                List.of(folder.resolve("a.csv")
                        + ": 2 of 3 texts are empty (the first in record 2); kept, and read as unknown"),
                data.warnings());
    }

    @Test
    void aColumnOfNamesIsReportedAsAnUnlikelyLabel() throws IOException {
        var file = new StringBuilder("text,label\n");
        for (int i = 0; i < 30; i++) {
            file.append("t,name").append(i).append('\n');
        }
        assertEquals(
                List.of(folder.resolve("a.csv") + ": 30 different labels in 30 records; is this the label column?"),
                read("a.csv", file.toString()).warnings());
    }

    @Test
    void oneClassIsAnErrorForTraining() throws IOException {
        LabelledTexts data = read("a.csv", "text,label\na,pos\nb,pos\n");
        var e = assertThrows(DataFormatException.class, data::requireTwoClasses);
        assertEquals(folder.resolve("a.csv")
                + ": only one class 'pos' in 2 records; training needs at least two: is this the label column, and the whole file?",
                e.getMessage());
        LabelledTexts one = read("b.csv", "text,label\na,pos\n");
        assertTrue(String.valueOf(assertThrows(DataFormatException.class, one::requireTwoClasses).getMessage())
                .contains("'pos' in 1 record; training"));
    }

    @Test
    void labelsFollowTheClassesOfAModel() throws IOException {
        LabelledTexts data = read("a.csv", GOOD);
        assertArrayEquals(new int[] {0, 2, 0}, data.withClasses(List.of("pos", "mixed", "neg")).labels());
        var e = assertThrows(DataFormatException.class, () -> data.withClasses(List.of("pos", "mixed")));
        assertEquals(folder.resolve("a.csv")
                + ": record 2: label 'neg' is none of the model's classes 'pos', 'mixed'; correct the label or train with it",
                e.getMessage());
    }

    @Test
    void filesThatAreNotThereOrNotFiles() throws IOException {
        assertTrue(fault(folder.resolve("none.csv"))
                .startsWith(": no such file; check the path (the working directory is "));
        Path directory = Files.createDirectory(folder.resolve("dir.csv"));
        assertEquals(": is a directory; name a file", fault(directory));
        assertEquals(
                ": the file's name does not tell its format; expected .csv, .tsv or .txt, also with .gz: rename the file",
                fault(write("a.xlsx", new byte[0])));
        assertEquals(": is a directory; name a file", fault(folder));
        assertTrue(fault(folder.resolve("a")).startsWith(": no such file"));
    }

    @Test
    void emptyFiles() throws IOException {
        assertEquals(": the file is empty; expected a header and at least one record", fault("a.csv", ""));
        assertEquals(": the file is empty; expected a header and at least one record", fault("a.csv", "\uFEFF"));
        assertEquals(": the file has only empty lines; expected a header and at least one record",
                fault("a.csv", "\n\n"));
        assertEquals(": a header but no records; expected at least one record below the header",
                fault("a.csv", "text,label\n"));
        assertEquals(": the file is empty; expected a header and at least one record",
                fault(write("e.csv.gz", gzip(""))));
        assertEquals(": the name ends in .gz but the file is empty; rename it or compress it with gzip",
                fault(write("e.csv.gz", new byte[0])));
    }

    @Test
    void columnsThatAreMissingOrTwice() throws IOException {
        assertEquals(": no text column 'text'; the columns are 'Text', 'label'; did you mean 'Text'?",
                fault("a.csv", "Text,label\na,b\n"));
        assertEquals(": no label column 'label'; the columns are 'text', 'labels'; did you mean 'labels'?",
                fault("a.csv", "text,labels\na,b\n"));
        assertEquals(
                ": no text column 'text'; the columns are 'review', 'sentiment'; name one of them as the text column (on the command line --text-column)",
                fault("a.csv", "review,sentiment\na,b\n"));
        assertEquals(": the label column 'label' is there twice (columns 2 and 3); rename one of them",
                fault("a.csv", "text,label,label\na,b,c\n"));
        assertEquals(
                ": no text column 'text'; the columns are 'text label'; its fields seem to be separated by tabs: use the name .tsv",
                fault("a.csv", "text\tlabel\na\tb\n"));
        assertEquals(
                ": no text column 'text'; the columns are 'text;label'; its fields seem to be separated by ';': use commas (.csv) or tabs (.tsv)",
                fault("a.csv", "text;label\na;b\n"));
    }

    @Test
    void recordsThatAreWrong() throws IOException {
        assertEquals(": record 2 (line 4): 3 fields, but the header has 2; quote fields that hold the separator",
                fault("a.csv", "text,label\n\"a\nb\",x\nc,d,x\n"));
        assertEquals(
                ": record 1 (line 2): 1 field, but the header has 2; look for a line end inside a field that is not quoted",
                fault("a.csv", "text,label\na\n"));
        assertEquals(": record 2 (line 3): the label (column 'label') is empty; fill it in or remove the record",
                fault("a.csv", "text,label\na,x\nb, \n"));
        String unclosed = fault("a.csv", "text,label\na,x\n\"b,y\nc,x\n");
        assertTrue(unclosed.startsWith(": record 2: not valid CSV: "), unclosed);
        String tabs = fault("a.tsv", "text\tlabel\na\tx\n\"b\ty\nc\tx\n");
        assertTrue(tabs.startsWith(": record 2: not valid TSV: "), tabs);
        assertTrue(unclosed.endsWith("; look for a quote that is not closed or not doubled"), unclosed);
        assertFalse(unclosed.contains("\n"), unclosed);
        assertEquals(
                ": record 2: a field is longer than 16,777,216 characters; shorten it, or look for a quote that is not closed",
                fault("a.csv", "text,label\na,x\n" + "b".repeat((1 << 24) + 1) + ",y\n"));
    }

    @Test
    void bytesThatAreNotUtf8() throws IOException {
        byte[] latin = "text,label\na,x\ncaf\u00e9,y\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                ": line 3: byte 0xE9 at offset 18 is not valid UTF-8; convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8",
                fault(write("a.csv", latin)));
        assertEquals(": the file is UTF-16, expected UTF-8; convert it: iconv -f UTF-16 -t UTF-8",
                fault(write("a.csv", GOOD.getBytes(StandardCharsets.UTF_16))));
        byte[] cut = Arrays.copyOf("text,label\na,\u00e9".getBytes(StandardCharsets.UTF_8), 14);
        assertEquals(
                ": line 2: byte 0xC3 at offset 13 is not valid UTF-8; convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8",
                fault(write("a.csv", cut)));
    }

    @Test
    void badBytesFarIntoAFileHaveTheirOffset() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("text,label\n".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 20_000; i++) {
            bytes.writeBytes("señal 👍,x\n".getBytes(StandardCharsets.UTF_8));
        }
        int offset = bytes.size();
        bytes.write(0xFF);
        assertEquals(": line 20002: byte 0xFF at offset " + offset
                + " is not valid UTF-8; convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8",
                fault(write("a.csv", bytes.toByteArray())));
    }

    @Test
    void gzipThatIsNone() throws IOException {
        assertEquals(": the name ends in .gz but the file is not gzip; rename it or compress it with gzip",
                fault(write("a.csv.gz", GOOD.getBytes(StandardCharsets.UTF_8))));
        assertEquals(": the file is gzip-compressed but its name does not end in .gz; rename or unpack it",
                fault(write("a.csv", gzip(GOOD))));
    }

    @Test
    void gzipThatIsCutShortOrDamaged() throws IOException {
        byte[] whole = gzip(GOOD);
        String cut = fault(write("a.csv.gz", Arrays.copyOf(whole, whole.length - 12)));
        assertTrue(cut.matches(
                ": the gzip stream ends early, after \\d+ bytes of text; the file is truncated: copy or compress it again"),
                cut);
        assertEquals(": the gzip header is damaged or cut short; copy or compress the file again",
                fault(write("a.csv.gz", Arrays.copyOf(whole, 5))));
        byte[] damaged = whole.clone();
        damaged[damaged.length - 6] ^= 1;
        String wrongSum = fault(write("a.csv.gz", damaged));
        assertTrue(wrongSum.startsWith(": the gzip stream is damaged after "), wrongSum);
    }

    @Test
    void plainLinesAndStreamsHaveTextsAlone() throws IOException {
        Path lines = write("a.txt", "one\r\n\ntwo\u0085half\n".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("one", "", "two\u0085half"),
                texts(TextRows.open(lines.toString(), TextColumns.of("text"))));
        assertEquals(List.of("a,b", "c"), texts(stream("a,b\nc", TextFormat.LINES)));
        assertEquals(List.of("a,b", "c"), texts(stream("n,text\n1,\"a,b\"\n2,c\n", TextFormat.CSV)));
        assertEquals(List.of("x"), texts(TextRows.open(
                new ByteArrayInputStream(gzip("x\n")), "standard input", TextFormat.LINES, TextColumns.of("text"))));
        var e = assertThrows(DataFormatException.class, () -> LabelledTexts.read(lines.toString(), "text", "label"));
        assertEquals(lines + ": plain lines have no labels; give a .csv or .tsv file with a column 'label'",
                e.getMessage());
    }

    @Test
    void misuseOfRowsIsToldAtOnce() {
        try (TextRows rows = stream("a\nb\n", TextFormat.LINES)) {
            assertTrue(rows.next());
            assertEquals(1, rows.row());
            assertThrows(IllegalStateException.class, rows::label);
            assertThrows(IllegalStateException.class, rows::source);
        }
    }

    @Test
    void wrongLabelsInMemoryAreRefused() {
        var source = new DataSource("memory", 1, "");
        assertThrows(IllegalArgumentException.class,
                () -> new LabelledTexts(List.of("a"), new int[0], List.of("x"), source, List.of()));
        assertThrows(IllegalArgumentException.class,
                () -> new LabelledTexts(List.of("a"), new int[] {1}, List.of("x"), source, List.of()));
    }

    private static TextRows stream(String content, TextFormat format) {
        return TextRows.open(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), "standard input",
                format, TextColumns.of("text"));
    }

    private static List<String> texts(TextRows rows) {
        var texts = new ArrayList<String>();
        try (rows) {
            while (rows.next()) {
                texts.add(rows.text());
            }
            assertEquals(texts.size(), rows.source().rows());
            return texts;
        }
    }

    /// The message without the file's path, which must stand at its beginning.
    private static String fault(Path file) {
        var e = assertThrows(DataFormatException.class, () -> read(file));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(file.toString()), message);
        return message.substring(file.toString().length());
    }

    private String fault(String name, String content) throws IOException {
        return fault(write(name, content.getBytes(StandardCharsets.UTF_8)));
    }

    private LabelledTexts read(String name, String content) throws IOException {
        return read(write(name, content.getBytes(StandardCharsets.UTF_8)));
    }

    private static LabelledTexts read(Path file) {
        return LabelledTexts.read(file.toString(), "text", "label");
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] gzip(String content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
