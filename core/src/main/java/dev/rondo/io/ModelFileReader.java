package dev.rondo.io;

import static dev.rondo.io.ModelFormatException.quote;
import static dev.rondo.io.ZipLayout.damaged;

import dev.rondo.io.ModelFile.Contents;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads one model file.
final class ModelFileReader {

    private static final List<String> REQUIRED = List.of(ModelFile.MODEL, ModelFile.WEIGHTS, ModelFile.PROVENANCE,
            ModelFile.CARD);
    private static final List<String> KNOWN = List.of(ModelFile.MODEL, ModelFile.WEIGHTS, ModelFile.VOCABULARY,
            ModelFile.PROVENANCE, ModelFile.CARD);
    private static final int MOST_ENTRIES = 64;
    private static final int ZIP_MAGIC = 'P' << 8 | 'K';

    /// Below this size an entry may be packed however well.
    private static final int RATIO_MATTERS_BYTES = 1 << 16;

    private final String where;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
    private final Limits limits;

    private ModelFileReader(String where, ZipFile zip, Limits limits) {
        this.where = where;
        this.zip = zip;
        this.limits = limits;
    }

    static Contents read(Path file, Limits limits) throws IOException {
        InputFile.require(file);
        String where = file.toString();
        try {
            requirePlausible(file, where, limits);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    ZipFile zip = open(file, channel, where)) {
                return new ModelFileReader(where, zip, limits).read(channel);
            }
        } catch (ZipException | EOFException e) {
            throw damaged(where,
                    "not a readable zip file (" + (e.getMessage() == null ? "it ends too early" : e.getMessage())
                            + ")",
                    e);
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    private static void requirePlausible(Path file, String where, Limits limits) throws IOException {
        long bytes = Files.size(file);
        if (bytes > limits.bytes()) {
            throw new ModelFormatException(where, "has " + bytes + " bytes, more than the limit of " + limits.bytes()
                    + "; raise the limit 'bytes' if you trust the file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            if ((in.read() << 8 | in.read()) != ZIP_MAGIC) {
                throw new ModelFormatException(where, "not a zip file, as a Rondo model is; check that it is the right "
                        + "file and whole");
            }
        }
    }

    private static ZipFile open(Path file, FileChannel channel, String where) throws IOException {
        try {
            return new ZipFile(file.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException e) {
            if (String.valueOf(e.getMessage()).contains("encrypted")) {
                throw ZipLayout.encrypted(new ZipLayout(channel, where).firstEncrypted());
            }
            throw e;
        } catch (IllegalArgumentException e) {
            throw damaged(where, "an entry has a name that is not UTF-8", e);
        }
    }

    private Contents read(FileChannel channel) throws IOException {
        listEntries();
        new ZipLayout(channel, where).requireMatch(entries);
        // The version first: a newer format may well have entries that this one does not know.
        ObjectNode model = Json.read(bytes(required(ModelFile.MODEL), limits.jsonBytes(), "jsonBytes"),
                place(ModelFile.MODEL));
        requireVersion(model);
        model.remove(ModelFile.FORMAT_PROPERTY);
        requireKnownEntries();
        requireTotal();
        ObjectNode provenance = Json.read(bytes(required(ModelFile.PROVENANCE), limits.jsonBytes(), "jsonBytes"),
                place(ModelFile.PROVENANCE));
        String card = text(required(ModelFile.CARD));
        ZipEntry vocabulary = entries.get(ModelFile.VOCABULARY);
        Optional<String> tokens = vocabulary == null ? Optional.empty() : Optional.of(text(vocabulary));
        return new Contents(model, weights(required(ModelFile.WEIGHTS)), tokens, provenance, card);
    }

    private void listEntries() throws ModelFormatException {
        if (zip.size() > MOST_ENTRIES) {
            throw new ModelFormatException(where, "has " + zip.size() + " entries; a Rondo model has at most "
                    + KNOWN.size() + ": this is another kind of file");
        }
        Enumeration<? extends ZipEntry> list = zip.entries();
        while (list.hasMoreElements()) {
            ZipEntry entry = list.nextElement();
            String name = entry.getName();
            if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
                throw new ModelFormatException(place(name), "has a folder in its name, which no entry of a Rondo model "
                        + "has; check that this is a Rondo model, unchanged");
            }
            if (entries.putIfAbsent(name, entry) != null) {
                throw new ModelFormatException(place(name), "is there twice; write the model again");
            }
        }
    }

    private void requireVersion(ObjectNode model) throws ModelFormatException {
        JsonNode format = model.get(ModelFile.FORMAT_PROPERTY);
        if (format == null || !format.isInt() || format.intValue() < 1) {
            throw new ModelFormatException(place(ModelFile.MODEL), "has no valid property 'format'; expected a whole "
                    + "number from 1 to " + ModelFile.FORMAT + ", found " + (format == null ? "none" : quote(format
                            .toString())));
        }
        if (format.intValue() > ModelFile.FORMAT) {
            throw new ModelFormatException(where, "written by a newer Rondo (format " + format.intValue()
                    + "); this one reads up to " + ModelFile.FORMAT + "; upgrade Rondo");
        }
    }

    private void requireKnownEntries() throws ModelFormatException {
        for (String name : entries.keySet()) {
            if (!KNOWN.contains(name)) {
                throw new ModelFormatException(place(name), "is not an entry of a Rondo model, which has "
                        + String.join(", ", KNOWN) + "; remove it");
            }
        }
        for (String name : REQUIRED) {
            required(name);
        }
    }

    private void requireTotal() throws ModelFormatException {
        long total = 0;
        for (ZipEntry entry : entries.values()) {
            if (entry.getSize() > limits.bytes() - total) {
                throw new ModelFormatException(place(entry.getName()), "brings the unpacked size over the limit of "
                        + limits.bytes() + " bytes; raise the limit 'bytes' if you trust the file");
            }
            total += entry.getSize();
        }
    }

    private ZipEntry required(String name) throws ModelFormatException {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw new ModelFormatException(place(name), "is missing; write the model again");
        }
        return entry;
    }

    private Archive weights(ZipEntry entry) throws IOException {
        String place = place(entry.getName());
        if (entry.getMethod() != ZipEntry.STORED) {
            throw new ModelFormatException(place, "is compressed; expected it stored: zip it with no compression "
                    + "(zip -0)");
        }
        if (entry.getSize() != entry.getCompressedSize()) {
            throw damaged(place, "two sizes for a stored entry");
        }
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
            Archive archive = Safetensors.read(in, entry.getSize(), place, limits);
            requireChecksum(crc, entry, place);
            return archive;
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(place, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private String text(ZipEntry entry) throws IOException {
        return Json.decode(bytes(entry, limits.textBytes(), "textBytes"), place(entry.getName()));
    }

    private byte[] bytes(ZipEntry entry, int most, String limit) throws IOException {
        String place = place(entry.getName());
        long size = entry.getSize();
        long packed = entry.getCompressedSize();
        if (size > most) {
            throw new ModelFormatException(place, "has " + size + " bytes, more than the limit of " + most
                    + "; raise the limit '" + limit + "' if you trust the file");
        }
        if (size > RATIO_MATTERS_BYTES && size / limits.ratio() > packed) {
            throw new ModelFormatException(place, "unpacks from " + packed + " to " + size + " bytes, more than "
                    + limits.ratio() + " for one; raise the limit 'ratio' if you trust the file");
        }
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
            byte[] bytes = in.readNBytes((int) size);
            if (bytes.length < size || in.read() >= 0) {
                throw damaged(place, "does not unpack to the " + size + " bytes that the zip directory states");
            }
            requireChecksum(crc, entry, place);
            return bytes;
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(place, "cannot be unpacked (" + e.getMessage() + ")", e);
        }
    }

    private static void requireChecksum(CRC32 crc, ZipEntry entry, String place) throws ModelFormatException {
        if (crc.getValue() != entry.getCrc()) {
            throw damaged(place, "its checksum is " + Long.toHexString(crc.getValue()) + ", expected "
                    + Long.toHexString(entry.getCrc()));
        }
    }

    private String place(String name) {
        return where + ": entry " + quote(name);
    }
}
