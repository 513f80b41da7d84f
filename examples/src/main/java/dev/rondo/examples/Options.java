package dev.rondo.examples;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every example understands: `--quick` for a short run, `--data FILE` for data of one's own.
record Options(boolean quick, @Nullable String data) {
    static Options of(String... arguments) {
        List<String> given = List.of(arguments);
        int at = given.indexOf("--data");
        if (at >= 0 && at + 1 == given.size()) {
            throw new IllegalArgumentException("--data needs the name of a file");
        }
        return new Options(given.contains("--quick"), at < 0 ? null : given.get(at + 1));
    }
}
