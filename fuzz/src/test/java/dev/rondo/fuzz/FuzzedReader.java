package dev.rondo.fuzz;

import dev.rondo.interop.keras.KerasModel;
import dev.rondo.interop.torch.StateDict;
import dev.rondo.interop.torch.TorchImport;
import dev.rondo.interop.vectors.WordVectors;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SavedSequential;
import dev.rondo.io.SequentialJson;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A reader of files that may be hostile. It may give a result or an [IOException] of one line; anything else is a defect.
enum FuzzedReader {
    /// Model files.
    MODEL {
        @Override
        void read(byte[] bytes) throws IOException {
            SavedSequential.load(file(bytes), LIMITS);
        }
    },
    /// Layers as JSON.
    JSON {
        @Override
        void read(byte[] bytes) throws IOException {
            SequentialJson.read(Json.read(bytes, "fuzzed"), "fuzzed");
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
            Path file = file(new byte[0]);
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                store(zip, "m/data.pkl", bytes);
                for (int i = 0; i < 4; i++) {
                    store(zip, "m/data/" + i, new byte[192]);
                }
            }
            TorchImport.model(StateDict.read(file, LIMITS));
        }
    },
    /// Files of torch.save.
    TORCH {
        @Override
        void read(byte[] bytes) throws IOException {
            TorchImport.model(StateDict.read(file(bytes), LIMITS));
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
    };

    private static final Limits LIMITS = Limits.defaults().bytes(1 << 26);
    private static final Path FILE = temporary();

    /// Reads a file with these bytes.
    abstract void read(byte[] bytes) throws IOException;

    /// Reads, and throws if the reader fails otherwise than it may.
    final void check(byte[] bytes) {
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
