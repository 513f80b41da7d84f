package dev.rondo.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// The option `--threads`.
final class Threads {
    private static final int MOST = 1024;
    private int count;

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads; all processors by default. Changes the time, never the result.")
    private void set(int count) {
        if (count < 1 || count > MOST) {
            throw new ParameterException(spec.commandLine(), "--threads %d: expected 1 to %d".formatted(count, MOST));
        }
        this.count = count;
    }

    /// The number of threads: what was asked for, or as many as there are processors.
    int count() {
        return count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    }
}
