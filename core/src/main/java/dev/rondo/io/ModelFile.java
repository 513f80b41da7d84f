package dev.rondo.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes model files, `name.rondo`: a zip file with these entries and no others.
///
/// | entry | holds |
/// |---|---|
/// | `model.json` | what the model is; its property `format` is the version of this format, [#FORMAT] |
/// | `weights.safetensors` | the parameters; stored, not compressed |
/// | `vocabulary.txt` | the tokens, where the model has any |
/// | `provenance.json` | how the model came about |
/// | `card.md` | the model in words |
///
/// The same contents give the same bytes. Nothing from a file is ever taken for the name of a class. Stateless and
/// thread-safe.
public final class ModelFile {

    /// The version of the format that is written, and the newest that is read; older ones are read too. Version 2 added graphs, frozen
    /// weights, and options of layers.
    public static final int FORMAT = 2;

    static final String MODEL = "model.json";
    static final String WEIGHTS = "weights.safetensors";
    static final String VOCABULARY = "vocabulary.txt";
    static final String PROVENANCE = "provenance.json";
    static final String CARD = "card.md";
    static final String FORMAT_PROPERTY = "format";

    /// A fixed time for all entries. The first month of 1980 is the format's mark for "unknown".
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    /// The most bytes for one packed one in what is written: half of what readers accept by default.
    private static final int MOST_RATIO = Limits.defaults().ratio() / 2;

    private ModelFile() {}

    /// What a model file holds. The trees and tensors are shared, not copied.
    ///
    /// @param model      what the model is, without the property `format`, which the file adds
    /// @param weights    the parameters
    /// @param vocabulary the text of `vocabulary.txt`, as it stands, where the model has tokens
    /// @param provenance how the model came about
    /// @param card       the model in words, Markdown
    public record Contents(
            ObjectNode model,
            Archive weights,
            Optional<String> vocabulary,
            ObjectNode provenance,
            String card) {

        /// Checks the contents.
        ///
        /// @throws IllegalArgumentException if `model` has a property `format`
        public Contents {
            Objects.requireNonNull(model, "model is null");
            Objects.requireNonNull(weights, "weights is null");
            Objects.requireNonNull(vocabulary, "vocabulary is null");
            Objects.requireNonNull(provenance, "provenance is null");
            Objects.requireNonNull(card, "card is null");
            if (model.has(FORMAT_PROPERTY)) {
                throw new IllegalArgumentException("model has a property '" + FORMAT_PROPERTY
                        + "', which the file adds itself; remove it");
            }
        }
    }

    /// Reads a model file within the default limits.
    ///
    /// @param file the file
    /// @return what it holds
    /// @throws ModelFormatException if the file is not a valid model file, or exceeds a limit
    /// @throws IOException          if it cannot be read
    public static Contents read(Path file) throws IOException {
        return read(file, Limits.defaults());
    }

    /// Reads a model file.
    ///
    /// @param file   the file, on the default file system
    /// @param limits what the file may make this method hold
    /// @return what it holds
    /// @throws ModelFormatException if the file is not a valid model file, or exceeds a limit
    /// @throws IOException          if it cannot be read
    public static Contents read(Path file, Limits limits) throws IOException {
        return ModelFileReader.read(file, limits);
    }

    /// Writes a model file in one step: see [AtomicFile].
    ///
    /// @param file     the file, replaced if it exists
    /// @param contents what it shall hold; nobody may write to the tensors meanwhile
    /// @throws IllegalArgumentException if a number in a tree is not finite, or a text is not well-formed Unicode
    /// @throws IOException              if writing fails; the file is then as it was
    public static void write(Path file, Contents contents) throws IOException {
        ObjectNode versioned = Json.mapper().createObjectNode();
        versioned.put(FORMAT_PROPERTY, FORMAT);
        versioned.setAll(contents.model());
        byte[] model = Json.write(versioned);
        byte[] provenance = Json.write(contents.provenance());
        byte[] card = Json.encode(contents.card(), CARD);
        Optional<byte[]> vocabulary = contents.vocabulary().map(text -> Json.encode(text, VOCABULARY));
        AtomicFile.write(file, out -> {
            try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
                put(zip, MODEL, model);
                putStored(zip, WEIGHTS, contents.weights());
                if (vocabulary.isPresent()) {
                    put(zip, VOCABULARY, vocabulary.get());
                }
                put(zip, PROVENANCE, provenance);
                put(zip, CARD, card);
            }
        });
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        // What repeats itself packs better than a reader believes.
        if (packedBytes(bytes) < bytes.length / MOST_RATIO) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            store(entry, bytes.length, crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static long packedBytes(byte[] bytes) throws IOException {
        Measure measure = new Measure();
        try (DeflaterOutputStream packing = new DeflaterOutputStream(measure)) {
            packing.write(bytes);
        }
        return measure.bytes();
    }

    private static void store(ZipEntry entry, long bytes, long crc) {
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes);
        entry.setCompressedSize(bytes);
        entry.setCrc(crc);
    }

    private static void putStored(ZipOutputStream zip, String name, Archive archive) throws IOException {
        // The header of a stored entry stands before it and holds its size and checksum: the first pass finds them.
        Measure measure = new Measure();
        Safetensors.write(measure, archive);
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        store(entry, measure.bytes(), measure.crc());
        zip.putNextEntry(entry);
        Safetensors.write(zip, archive);
        zip.closeEntry();
    }
}
