package dev.rondo.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rondo.interop.keras.KerasModel;
import dev.rondo.interop.torch.StateDict;
import dev.rondo.interop.torch.TorchImport;
import dev.rondo.interop.vectors.WordVectors;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SavedModel;
import dev.rondo.io.SequentialJson;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.TextTraining;
import dev.rondo.tasks.text.DataFormatException;
import dev.rondo.tasks.text.KerasTokenizer;
import dev.rondo.tasks.text.TextColumns;
import dev.rondo.tasks.text.TextFormat;
import dev.rondo.tasks.text.TextRows;
import dev.rondo.tasks.text.TokenScanner;
import dev.rondo.tasks.text.TokenSink;
import dev.rondo.tasks.text.UnicodeTokenizer;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.node.ObjectNode;

/// A reader of files that may be hostile. It may give a result or an [IOException] of one line; anything else is a defect.
enum FuzzedReader {
    /// Model files.
    MODEL {
        @Override
        void read(byte[] bytes) throws IOException {
            boolean texts = SavedModel.load(file(bytes), LIMITS).vocabulary().isPresent();
            if (texts) {
                TextClassifier.load(FILE);
            }
        }
    },
    /// Architectures as JSON: layers, Keras's of a weightless model, and the `model.json` of a model file.
    JSON {
        @Override
        void read(byte[] bytes) throws IOException {
            ObjectNode json = Json.read(bytes, "fuzzed");
            if (json.has("class_name")) {
                KerasModel.read(packed("config.json", bytes, "model.weights.h5", HDF5_WITHOUT_WEIGHTS), LIMITS);
            } else if (json.has("format")) {
                SavedModel.load(packed("model.json", bytes, "weights.safetensors", "\2\0\0\0\0\0\0\0{}".getBytes(UTF_8),
                        "provenance.json", PROVENANCE, "card.md", new byte[0]), LIMITS);
            } else if (json.has("training") || json.has("text")) {
                TextTraining.read(file(bytes));
            } else {
                SequentialJson.read(json, "fuzzed");
            }
        }
    },
    /// Keras's zip archives.
    KERAS {
        @Override
        void read(byte[] bytes) throws IOException {
            KerasModel.read(file(bytes), LIMITS);
        }
    },
    /// Keras's HDF5 files.
    HDF5 {
        @Override
        void read(byte[] bytes) throws IOException {
            KerasModel.read(file(bytes), LIMITS);
        }
    },
    /// The pickle in a file of torch.save; the zip file around it is sound.
    PICKLE {
        @Override
        void read(byte[] bytes) throws IOException {
            byte[] storage = new byte[192];
            model(StateDict
                    .read(packed("m/data.pkl", bytes, "m/data/0", storage, "m/data/1", storage, "m/data/2", storage,
                            "m/data/3", storage), LIMITS));
        }
    },
    /// Files of torch.save.
    TORCH {
        @Override
        void read(byte[] bytes) throws IOException {
            model(StateDict.read(file(bytes), LIMITS));
        }
    },
    /// Safetensors files.
    SAFETENSORS {
        @Override
        void read(byte[] bytes) throws IOException {
            Safetensors.read(file(bytes), LIMITS);
        }
    },
    /// Word vectors.
    VECTORS {
        @Override
        void read(byte[] bytes) throws IOException {
            WordVectors.read(file(bytes), _ -> true, LIMITS);
        }
    },
    /// Texts with labels; the first byte chooses the format.
    TEXTS {
        @Override
        void read(byte[] bytes) throws IOException {
            int first = bytes.length == 0 ? 0 : bytes[0];
            TextFormat format = first == '\t' ? TextFormat.TSV : first == '\n' ? TextFormat.LINES : TextFormat.CSV;
            TextColumns columns = format == TextFormat.LINES ? TextColumns.of("text") : TextColumns.of("text", "label");
            try (TextRows rows = TextRows.open(file(bytes).toString(), format, columns)) {
                TokenScanner keras = KerasTokenizer.of().scanner();
                TokenScanner words = UnicodeTokenizer.of().scanner();
                while (rows.next()) {
                    keras.scan(rows.text(), NOWHERE);
                    words.scan(rows.text(), NOWHERE);
                }
            } catch (DataFormatException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    };

    private static final Limits LIMITS = Limits.defaults().bytes(1 << 26);
    private static final TokenSink NOWHERE = (_, _, _) -> {};
    private static final byte[] PROVENANCE = """
            {"data": [], "seed": 0, "epochs": 0, "metrics": {}, "environment": {"rondo": "1", "java": "25",
             "kernels": "scalar", "slices": 1, "threads": 1}, "date": "2026-01-01T00:00:00Z"}""".getBytes(UTF_8);
    private static final Path FILE = temporary();
    private static final byte[] HDF5_WITHOUT_WEIGHTS = withoutWeights();

    /// Reads a file with these bytes.
    abstract void read(byte[] bytes) throws IOException;

    /// Reads, and throws if the reader fails otherwise than it may. Zip files are read a second time with checksums that are right, since
    /// nearly every change of a byte makes them wrong, and nothing behind them would ever be reached.
    final void check(byte[] bytes) {
        attempt(bytes);
        byte[] summed = Checksums.correct(bytes);
        if (!Arrays.equals(summed, bytes)) {
            attempt(summed);
        }
    }

    private void attempt(byte[] bytes) {
        try {
            read(bytes);
        } catch (IOException e) {
            String message = e.getMessage();
            if (message == null || message.isBlank() || message.lines().count() != 1) {
                throw new AssertionError("not one line: " + message, e);
            }
        }
    }

    /// The folder of its corpus, and its name on the command line.
    final String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static void model(StateDict weights) throws IOException {
        TorchImport.model(weights, TorchImport.derive(weights).draft());
    }

    private static Path file(byte[] bytes) throws IOException {
        return Files.write(FILE, bytes);
    }

    private static Path temporary() {
        try {
            Path file = Files.createTempFile("rondo-fuzz", ".bin");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] withoutWeights() {
        try {
            Path file = temporary();
            try (var hdf = HdfFile.write(file)) {
                hdf.putGroup("layers");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A sound zip file.
    ///
    /// @param entries names and bytes in turn
    private static Path packed(Object... entries) throws IOException {
        Path file = file(new byte[0]);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < entries.length; i += 2) {
                store(zip, (String) entries[i], (byte[]) entries[i + 1]);
            }
        }
        return file;
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        ((OutputStream) zip).write(bytes);
        zip.closeEntry();
    }
}
