package dev.rondo.cli;

import picocli.CommandLine.Option;

/// The option `--json`.
final class JsonOption {
    @Option(names = "--json", description = "Print one JSON object a line on standard output, and nothing else there.")
    private boolean wanted;

    boolean wanted() {
        return wanted;
    }
}
