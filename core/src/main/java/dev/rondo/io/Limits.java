package dev.rondo.io;

/// How much a file may make a reader read and hold; what exceeds a limit is refused before memory is reserved for it.
///
/// Immutable; each option has a method of its name that returns a changed copy:
/// `Limits.defaults().bytes(100_000_000)`.
///
/// @param bytes     the most bytes of a file, and of all its entries together once unpacked; default 16 GiB
/// @param jsonBytes the most bytes of one JSON text (a safetensors header, `model.json`, `provenance.json`);
///                  default 16 MiB
/// @param textBytes the most bytes of one text (`vocabulary.txt`, `card.md`) once unpacked; default 256 MiB
/// @param tensors   the most tensors of one archive; default 65,536
/// @param ratio     the most unpacked bytes for one packed byte of an entry over 64 KiB; default 200
public record Limits(long bytes, int jsonBytes, int textBytes, int tensors, int ratio) {

    private static final Limits DEFAULTS = new Limits(16L << 30, 16 << 20, 256 << 20, 1 << 16, 200);

    /// Checks the limits.
    ///
    /// @throws IllegalArgumentException if one is not positive
    public Limits {
        requirePositive("bytes", bytes);
        requirePositive("jsonBytes", jsonBytes);
        requirePositive("textBytes", textBytes);
        requirePositive("tensors", tensors);
        requirePositive("ratio", ratio);
    }

    /// {@return the default limits}
    public static Limits defaults() {
        return DEFAULTS;
    }

    /// Changes the most bytes of a file.
    ///
    /// @param bytes the limit, at least 1
    /// @return the changed copy
    public Limits bytes(long bytes) {
        return new Limits(bytes, jsonBytes, textBytes, tensors, ratio);
    }

    /// Changes the most bytes of one JSON text.
    ///
    /// @param jsonBytes the limit, at least 1
    /// @return the changed copy
    public Limits jsonBytes(int jsonBytes) {
        return new Limits(bytes, jsonBytes, textBytes, tensors, ratio);
    }

    /// Changes the most bytes of one text.
    ///
    /// @param textBytes the limit, at least 1
    /// @return the changed copy
    public Limits textBytes(int textBytes) {
        return new Limits(bytes, jsonBytes, textBytes, tensors, ratio);
    }

    /// Changes the most tensors of one archive.
    ///
    /// @param tensors the limit, at least 1
    /// @return the changed copy
    public Limits tensors(int tensors) {
        return new Limits(bytes, jsonBytes, textBytes, tensors, ratio);
    }

    /// Changes the most unpacked bytes for one packed byte.
    ///
    /// @param ratio the limit, at least 1
    /// @return the changed copy
    public Limits ratio(int ratio) {
        return new Limits(bytes, jsonBytes, textBytes, tensors, ratio);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("limit " + name + " is " + value + "; expected 1 or more");
        }
    }
}
