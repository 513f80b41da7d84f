package dev.rondo.cli;

import dev.rondo.bench.Boxing;
import dev.rondo.bench.Guard;
import dev.rondo.bench.Measurement;
import dev.rondo.bench.Roofline;
import dev.rondo.bench.Workload;
import dev.rondo.bench.Workloads;
import dev.rondo.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `rondo bench`: how fast this machine trains and predicts, and how much of what it can do at most that is.
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false, header = "Measures how fast this machine trains and predicts.")
final class BenchCommand implements Callable<Integer> {
    private static final int MOST_RUNS = 1000;

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "WORKLOAD", arity = "0..*", description = "What to run: S0, S0T, S1, S2, S3, S4, L1, L1V, L2, L3 train, I1, I2, I3 predict; all of them by default.")
    private List<String> names = List.of();

    @Option(names = "--cold", description = "Run each in a process of its own, timed from its start to the end of the first epoch or prediction.")
    private boolean cold;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "6", description = "About how long to measure each; 6 by default.")
    private double seconds;

    @Option(names = "--guard", description = "Only check that a small training run reaches a modest share of the peak, and that no kernel allocates.")
    private boolean guard;

    @Option(names = "--runs", paramLabel = "N", description = "With --guard: in how many processes to look at what each workload allocates; 1 by default.")
    private @Nullable Integer runs;

    @Option(names = "--roofline", description = "Set the time of a step beside the least that this machine's operations and bytes a second allow.")
    private boolean roofline;

    @Mixin
    private Threads threads = new Threads();

    @Mixin
    private JsonOption json = new JsonOption();

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= 3600)) {
            throw new ParameterException(spec.commandLine(),
                    "--seconds %s: expected more than 0, at most 3600".formatted(seconds));
        }
        if (roofline && (cold || guard)) {
            throw new ParameterException(spec.commandLine(),
                    "--roofline goes with neither --cold nor --guard; leave one out");
        }
        if (runs != null && !guard) {
            throw new ParameterException(spec.commandLine(), "--runs goes with --guard; give both, or neither");
        }
        if (runs != null && !(runs >= 1 && runs <= MOST_RUNS)) {
            throw new ParameterException(spec.commandLine(),
                    "--runs %d: expected 1 to %d".formatted(runs, MOST_RUNS));
        }
        if (guard) {
            return guard();
        }
        List<Workload> workloads = new ArrayList<>();
        for (String name : names) {
            workloads.add(workload(name));
        }
        if (workloads.isEmpty()) {
            workloads = Workloads.ALL;
        }
        if (roofline) {
            return rooflines(workloads);
        }
        if (!json.wanted()) {
            console.print("%-8s %26s %8s %9s %5s %12s %8s  %-12s %s".formatted("workload", "speed", "GFLOP/s",
                    "of peak", "", "bytes/step", "threads", "kernels", "model"));
        }
        for (Workload workload : workloads) {
            console.flush();
            if (console.columns() > 0) {
                console.draw("measuring " + workload.name() + " ...");
            }
            Measurement measured = cold ? Measurement.cold(workload, threads.count())
                    : Measurement.steady(workload, threads.count(), seconds);
            console.erase();
            if (json.wanted()) {
                console.print(object(measured));
            } else {
                console.print(row(measured));
            }
        }
        return Main.DONE;
    }

    /// A whole program has no roofline: it is left out, unless it is the only one.
    private Integer rooflines(List<Workload> workloads) {
        List<Workload> bounded = workloads.stream().filter(workload -> workload.step().isPresent()).toList();
        if (bounded.isEmpty()) {
            throw new ParameterException(spec.commandLine(),
                    "%s is a whole program, which has no roofline; name another workload".formatted(
                            workloads.getFirst().name()));
        }
        if (!json.wanted()) {
            console.print(RooflineTable.header());
        }
        for (Workload workload : bounded) {
            Roofline measured = Roofline.measure(workload, threads.count(), seconds);
            if (json.wanted()) {
                console.print(RooflineTable.object(measured));
            } else {
                console.print(RooflineTable.lines(measured));
            }
            console.flush();
        }
        return Main.DONE;
    }

    private Integer guard() {
        Measurement measured = Guard.measure();
        String reached = "%.3f of the peak of %.0f GFLOP/s".formatted(measured.peakFraction(),
                measured.peakFlopsPerSecond() * 1e-9);
        if (measured.peakFraction() < Guard.BOUND) {
            throw new Failure("%s trains at %s, but at least %.2f was wanted: look for a loss of speed with rondo bench"
                    .formatted(measured.workload().name(), reached, Guard.BOUND));
        }
        console.print("%s trains at %s; at least %.2f is wanted".formatted(measured.workload().name(), reached,
                Guard.BOUND));
        console.flush();
        return boxing(runs == null ? 1 : runs);
    }

    /// Tells of each process as it ends, and fails after the last.
    private Integer boxing(int wanted) {
        List<Boxing.Found> boxed = new ArrayList<>();
        Boxing.look(wanted, found -> {
            console.print(found.toString());
            console.flush();
            if (found.boxed()) {
                boxed.add(found);
            }
        });
        if (!boxed.isEmpty()) {
            throw new Failure(
                    "%s%s: look for a kernel whose vectors the JIT boxes, in a flight recording of the workload"
                            .formatted(boxed.getFirst(),
                                    boxed.size() > 1 ? " (and %d more)".formatted(boxed.size() - 1) : ""));
        }
        return Main.DONE;
    }

    private static ObjectNode object(Measurement measured) {
        ObjectNode node = Json.mapper().createObjectNode().put("workload", measured.workload().name())
                .put("cold", measured.cold());
        measured.speed().figures().forEach((name, value) -> node.put(name, rounded(value)));
        double bytes = measured.speed().bytesPerStep();
        return node.put("gflops", rounded(measured.speed().flopsPerSecond() * 1e-9))
                .put("peak_gflops", rounded(measured.peakFlopsPerSecond() * 1e-9))
                .put("peak_fraction", rounded(measured.peakFraction()))
                .put("bytes_per_step", Double.isNaN(bytes) ? null : Math.round(bytes))
                .put("threads", measured.threads())
                .put("kernels", measured.kernels());
    }

    /// To five digits: more are noise.
    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.5g", value));
    }

    private static String row(Measurement measured) {
        StringBuilder speed = new StringBuilder();
        for (Map.Entry<String, Double> figure : measured.speed().figures().entrySet()) {
            speed.append(speed.isEmpty() ? "" : ", ").append(switch (figure.getKey()) {
                case "samples_per_s" -> "%,.0f samples/s".formatted(figure.getValue());
                case "tokens_per_s" -> "%,.0f tokens/s".formatted(figure.getValue());
                case "seconds" -> "%.3f s".formatted(figure.getValue());
                case "latency_us_p50" -> "%.1f us".formatted(figure.getValue());
                default -> "p99 %.1f us".formatted(figure.getValue());
            });
        }
        double bytes = measured.speed().bytesPerStep();
        return "%-8s %26s %8.1f %9.3f %5s %12s %8d  %-12s %s".formatted(measured.workload().name(), speed,
                measured.speed().flopsPerSecond() * 1e-9, measured.peakFraction(), measured.cold() ? "cold" : "",
                Double.isNaN(bytes) ? "" : "%,.0f".formatted(bytes), measured.threads(), measured.kernels(),
                measured.workload().description());
    }

    private Workload workload(String name) {
        try {
            return Workload.of(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
