package dev.rondo.cli;

import dev.rondo.bench.Measurement;
import dev.rondo.bench.Workload;
import dev.rondo.io.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `rondo bench`: how fast this machine trains.
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false, header = "Measures how fast this machine trains.")
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "WORKLOAD", arity = "0..*", description = "What to train: S0, S0T, S1, S3, S4, L2 or L3; all of them by default.")
    private List<String> names = List.of();

    @Mixin
    private Threads threads = new Threads();

    @Mixin
    private JsonOption json = new JsonOption();

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Workload> workloads = new ArrayList<>();
        for (String name : names) {
            workloads.add(workload(name));
        }
        if (workloads.isEmpty()) {
            workloads = List.of(Workload.values());
        }
        if (!json.wanted()) {
            console.print("%-8s %12s %8s  %-12s %s".formatted("workload", "samples/s", "threads", "kernels", "model"));
        }
        for (Workload workload : workloads) {
            console.flush();
            if (console.columns() > 0) {
                console.draw("measuring " + workload.name() + " ...");
            }
            Measurement measured = Measurement.of(workload, threads.count());
            console.erase();
            if (json.wanted()) {
                console.print(Json.mapper().createObjectNode()
                        .put("workload", measured.workload())
                        .put("samples_per_s", measured.samplesPerSecond())
                        .put("threads", measured.threads())
                        .put("kernels", measured.kernels()));
            } else {
                console.print("%-8s %,12.0f %8d  %-12s %s".formatted(measured.workload(), measured.samplesPerSecond(),
                        measured.threads(), measured.kernels(), workload.description()));
            }
        }
        return Main.DONE;
    }

    private Workload workload(String name) {
        try {
            return Workload.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "there is no workload '%s'; there are %s".formatted(name,
                    Arrays.stream(Workload.values()).map(Enum::name).collect(Collectors.joining(", "))));
        }
    }
}
