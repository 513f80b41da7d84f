package dev.rondo.fuzz;

import java.util.Locale;

/// What Jazzer calls, see `config/fuzz.sh`: the reader that the property `rondo.fuzz` names.
public final class Fuzz {
    private static final FuzzedReader READER = FuzzedReader
            .valueOf(System.getProperty("rondo.fuzz", "json").toUpperCase(Locale.ROOT));

    private Fuzz() {}

    /// Reads a file with these bytes.
    public static void fuzzerTestOneInput(byte[] bytes) {
        READER.check(bytes);
    }
}
