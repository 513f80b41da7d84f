package dev.rondo.tasks.text;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the texts of a file one by one, with their labels where they are wanted, in constant memory.
///
/// CSV and TSV files have a header, from which the columns are found by name; `.gz` files are unpacked. The text must be
/// UTF-8. Rows are counted from 1, the header not included. For one thread.
///
/// {@snippet :
/// try (var rows = TextRows.open("reviews.csv.gz", TextColumns.of("text", "label"))) {
///     while (rows.next()) {
///         use(rows.text(), rows.label());
///     }
/// }
/// }
public final class TextRows implements AutoCloseable {

    /// The location that stands for standard input.
    public static final String STANDARD_INPUT = "-";

    /// The most characters of a field; behind a quote that is not closed a field would go on to the end of the file.
    private static final int LONGEST = 1 << 24;

    private final String name;
    private final DataBytes bytes;
    private final Utf8Reader reader;
    private final RowParser parser;
    private final @Nullable String labelColumn;
    private String text = "";
    private @Nullable String label;
    private long rows;
    private long emptyTexts;
    private long firstEmptyText;
    private @Nullable DataSource source;

    private TextRows(DataBytes bytes, String name, TextFormat format, TextColumns columns) {
        this.name = name;
        this.bytes = bytes;
        this.labelColumn = columns.label();
        this.reader = new Utf8Reader(bytes.unpacked(), name);
        if (reader.isEmpty()) {
            throw new DataFormatException("%s: the file is empty; expected %s".formatted(
                    name, format == TextFormat.LINES ? "one text a line" : "a header and at least one record"));
        }
        if (format == TextFormat.LINES && columns.label() != null) {
            throw new DataFormatException("%s: plain lines have no labels; give a .csv or .tsv file with a column '%s'"
                    .formatted(name, columns.label()));
        }
        this.parser = format == TextFormat.LINES
                ? new LineParser(new BufferedReader(reader, 1 << 16), name)
                : new CsvParser(csv(reader, format), name, format, columns);
    }

    /// Opens a file whose name tells its format, or standard input as plain lines.
    ///
    /// @param location a path, or `-` for standard input
    /// @param columns  the columns to read; not looked at for plain lines
    /// @return the rows; to be closed
    /// @throws DataFormatException if the file cannot be read or lacks a column
    public static TextRows open(String location, TextColumns columns) {
        if (location.equals(STANDARD_INPUT)) {
            return open(location, TextFormat.LINES, columns);
        }
        DataBytes.requireFile(location); // whose name may say nothing about a format
        return open(location, TextFormat.of(location), columns);
    }

    /// Opens a file or standard input in a given format.
    ///
    /// @param location a path, or `-` for standard input
    /// @param format   the layout
    /// @param columns  the columns to read; not looked at for plain lines
    /// @return the rows; to be closed
    /// @throws DataFormatException if the file cannot be read or lacks a column
    public static TextRows open(String location, TextFormat format, TextColumns columns) {
        return location.equals(STANDARD_INPUT)
                ? open(System.in, "standard input", format, columns)
                : closingOnError(DataBytes.open(location), location, format, columns);
    }

    /// Reads a stream; gzip is recognised by its first bytes.
    ///
    /// @param in      the bytes; closed with the rows
    /// @param name    what errors call it
    /// @param format  the layout
    /// @param columns the columns to read; not looked at for plain lines
    /// @return the rows; to be closed
    /// @throws DataFormatException if the stream cannot be read or lacks a column
    public static TextRows open(InputStream in, String name, TextFormat format, TextColumns columns) {
        return closingOnError(DataBytes.of(in, name, false), name, format, columns);
    }

    /// Goes to the next row.
    ///
    /// @return false where there is none
    /// @throws DataFormatException if the row is faulty, or if the file has no row at all
    public boolean next() {
        if (source != null) {
            return false;
        }
        if (!parser.next(rows + 1)) {
            if (rows == 0) {
                throw new DataFormatException(
                        name + ": a header but no records; expected at least one record below the header");
            }
            source = new DataSource(name, rows, finish());
            return false;
        }
        rows++;
        text = parser.text();
        String found = parser.label();
        if (labelColumn != null && (found == null || found.isBlank())) {
            throw new DataFormatException("%s: %s: the label (column '%s') is empty; fill it in or remove the record"
                    .formatted(name, parser.place(rows), labelColumn));
        }
        label = found == null ? null : found.strip();
        if (text.isBlank() && emptyTexts++ == 0) {
            firstEmptyText = rows;
        }
        return true;
    }

    /// The text of this row.
    ///
    /// @return the text; may be empty
    public String text() {
        return text;
    }

    /// The label of this row, without space around it.
    ///
    /// @return the label
    /// @throws IllegalStateException if no label column was named, or before the first row
    public String label() {
        if (label == null) {
            throw new IllegalStateException(
                    name + ": there is no label here; name a label column and call next() first");
        }
        return label;
    }

    /// The number of this row.
    ///
    /// @return the number, from 1; 0 before the first
    public long row() {
        return rows;
    }

    /// What was read, for a model's provenance; known once [#next()] has returned false.
    ///
    /// @return name, number of rows and digest
    /// @throws IllegalStateException if there are rows left
    public DataSource source() {
        if (source == null) {
            throw new IllegalStateException(name + ": not read to the end; call next() until it returns false");
        }
        return source;
    }

    /// What was odd but not wrong so far, each one line.
    ///
    /// @return the warnings; often none
    public List<String> warnings() {
        return emptyTexts == 0 ? List.of()
                : List.of("%s: %,d of %,d texts %s empty (the first in record %d); kept, and read as unknown"
                        .formatted(name, emptyTexts, rows, emptyTexts == 1 ? "is" : "are", firstEmptyText));
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": closing failed", e);
        }
    }

    private String finish() {
        try {
            return bytes.finish();
        } catch (IOException e) {
            throw new DataFormatException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
        }
    }

    private static TextRows closingOnError(DataBytes bytes, String name, TextFormat format, TextColumns columns) {
        try {
            return new TextRows(bytes, name, format, columns);
        } catch (DataFormatException e) {
            try {
                bytes.unpacked().close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static CsvReader<CsvRecord> csv(Utf8Reader reader, TextFormat format) {
        // Numbers of fields are checked here, with the file's name in the message.
        return CsvReader.builder()
                .fieldSeparator(format.separator())
                .commentStrategy(CommentStrategy.NONE)
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(LONGEST)
                .ofCsvRecord(reader);
    }

    private sealed interface RowParser {
        boolean next(long row);

        String text();

        @Nullable
        String label();

        String place(long row);
    }

    private static final class LineParser implements RowParser {
        private final BufferedReader lines;
        private final String name;
        private String line = "";

        LineParser(BufferedReader lines, String name) {
            this.lines = lines;
            this.name = name;
        }

        @Override
        public boolean next(long row) {
            try {
                String read = lines.readLine();
                line = read == null ? "" : read;
                return read != null;
            } catch (IOException e) {
                throw new DataFormatException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
            }
        }

        @Override
        public String text() {
            return line;
        }

        @Override
        public @Nullable String label() {
            return null;
        }

        @Override
        public String place(long row) {
            return "line " + row;
        }
    }

    private static final class CsvParser implements RowParser {
        private final Iterator<CsvRecord> records;
        private final String name;
        private final TextFormat format;
        private final int fields;
        private final int textIndex;
        private final int labelIndex;
        private @Nullable CsvRecord record;

        CsvParser(CsvReader<CsvRecord> csv, String name, TextFormat format, TextColumns columns) {
            this.name = name;
            this.format = format;
            this.records = csv.iterator();
            if (!advance(0)) {
                throw new DataFormatException(
                        name + ": the file has only empty lines; expected a header and at least one record");
            }
            var header = new Header(name, format, List.copyOf(current().getFields()));
            this.fields = header.columns().size();
            this.textIndex = header.index("text", columns.text());
            this.labelIndex = columns.label() == null ? -1 : header.index("label", columns.label());
        }

        @Override
        public boolean next(long row) {
            if (!advance(row)) {
                return false;
            }
            int found = current().getFieldCount();
            if (found != fields) {
                throw new DataFormatException("%s: %s: %d %s, but the header has %d; %s".formatted(
                        name, place(row), found, found == 1 ? "field" : "fields", fields,
                        found > fields ? "quote fields that hold the separator"
                                : "look for a line end inside a field that is not quoted"));
            }
            return true;
        }

        @Override
        public String text() {
            return current().getField(textIndex);
        }

        @Override
        public @Nullable String label() {
            return labelIndex < 0 ? null : current().getField(labelIndex);
        }

        @Override
        public String place(long row) {
            return "record %d (line %d)".formatted(row, current().getStartingLineNumber());
        }

        private boolean advance(long row) {
            try {
                record = records.hasNext() ? records.next() : null;
                return record != null;
            } catch (CsvParseException | UncheckedIOException e) {
                for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                    if (cause instanceof DataFormatException fault) {
                        throw fault;
                    }
                }
                if (String.valueOf(e.getMessage()).startsWith("The maximum buffer size")) {
                    throw new DataFormatException(
                            "%s: %s: a field is longer than %,d characters; shorten it, or look for a quote that is not closed"
                                    .formatted(name, row == 0 ? "header" : "record " + row, LONGEST),
                            e);
                }
                throw new DataFormatException(
                        "%s: %s: not valid %s: %s; look for a quote that is not closed or not doubled"
                                .formatted(name, row == 0 ? "header" : "record " + row, format, oneLine(e)),
                        e);
            }
        }

        private CsvRecord current() {
            if (record == null) {
                throw new IllegalStateException("no current record");
            }
            return record;
        }

        private static String oneLine(Exception e) {
            var messages = new ArrayList<String>();
            for (Throwable t = e; t != null; t = t.getCause()) {
                messages.add(String.valueOf(t.getMessage()).replaceAll("\\s+", " "));
            }
            return String.join(": ", messages);
        }
    }
}
