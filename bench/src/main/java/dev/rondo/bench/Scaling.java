package dev.rondo.bench;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.op.Backend;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/// How time and memory of training grow with a size; prints a table with commas. `bench/scaling` runs it and draws the plots.
///
/// ```text
/// Scaling T|B|H|odd|ragged|threads|workloads|soak [--seconds S] [--tiny]
/// ```
///
/// Each point is an LSTM trained for about S seconds (1 by default) in each of two rounds over all points; the fastest epoch counts.
/// `--tiny` takes few small points, to see that it works.
public final class Scaling {
    private static final int ROUNDS = 2;
    /// Columns of the table.
    private static final String HEADER = "kind,series,x,seconds,tokens,live_bytes,gflops,peak_gflops,threads,kernels";

    private final String kind;
    private final boolean tiny;
    private final double seconds;
    private final int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    private final Map<Point, Result> results = new LinkedHashMap<>();

    private Scaling(String kind, boolean tiny, double seconds) {
        this.kind = kind;
        this.tiny = tiny;
        this.seconds = seconds;
    }

    /// A place on a curve.
    private record Point(String series, int x) {}

    /// What was found there: seconds and operations of the fastest epoch, its steps of time, and bytes that stay.
    private record Result(double seconds, double flops, long tokens, long liveBytes, int threads) {}

    /// A layer and a batch: `steps` steps of `features` numbers, `batch` sequences.
    private record Size(int steps, int batch, int features, int units) {}

    /// @param args the kind, then options
    public static void main(String[] args) {
        List<String> words = List.of(args);
        int at = words.indexOf("--seconds");
        double seconds = at < 0 ? 1 : Double.parseDouble(words.get(at + 1));
        String kind = words.isEmpty() ? "" : words.getFirst();
        if (kind.equals("soak")) {
            Soak.run(seconds);
            return;
        }
        var scaling = new Scaling(kind, words.contains("--tiny"), seconds);
        System.out.println(HEADER);
        scaling.run().forEach(System.out::println);
    }

    private List<String> run() {
        double peak = PeakKernel.flopsPerSecond(threads);
        for (int i = 0; i < ROUNDS; i++) {
            round();
        }
        List<String> lines = new ArrayList<>();
        results.forEach((point, r) -> lines.add(String.format(Locale.ROOT, "%s,%s,%d,%.6g,%d,%d,%.1f,%.1f,%d,%s", kind,
                point.series, point.x, r.seconds, r.tokens, r.liveBytes, r.flops / r.seconds * 1e-9, peak * 1e-9,
                r.threads, Backend.name())));
        return lines;
    }

    private void round() {
        switch (kind) {
            case "T" -> curve("T", x -> new Size(x, 16, 32, 64), 100, 200, 500, 1000, 2000, 5000, 10_000);
            case "B" -> curve("B", x -> new Size(100, x, 32, 64), 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048);
            case "H" -> curve("H", x -> new Size(50, 32, 64, x), 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024,
                    1536, 2048);
            case "odd" -> {
                curve("H", x -> new Size(50, 32, 16, x), 96, 97, 98);
                curve("B", x -> new Size(50, x, 16, 64), 12, 13, 14);
                curve("F", x -> new Size(50, 32, x, 64), 2, 3, 4);
            }
            case "ragged" -> {
                texts("dense", lengths -> Arrays.fill(lengths, 230));
                texts("ragged", lengths -> System.arraycopy(
                        new RandomData(1).reviewLengths(lengths.length, 230), 0, lengths, 0, lengths.length));
            }
            case "threads" -> {
                for (int n : tiny ? new int[] {1, 2} : new int[] {1, 2, 4, 8}) {
                    workloads(n);
                    keep(new Point("one row", n), train(new Size(50, 1, 32, 64), n));
                }
            }
            case "workloads" -> workloads(threads);
            default -> throw new IllegalArgumentException("there is no scaling '" + kind
                    + "'; there are T, B, H, odd, ragged, threads, workloads, soak");
        }
    }

    private void curve(String series, IntFunction<Size> sizes, int... points) {
        for (int x : tiny ? Arrays.copyOf(points, 3) : points) {
            keep(new Point(series, x), train(sizes.apply(x), threads));
        }
    }

    private void workloads(int threads) {
        for (String name : tiny ? List.of("S1") : List.of("S1", "L2", "L3")) {
            Training training = (Training) Workload.of(name);
            Speed speed = training.steady(threads, seconds);
            Dataset data = training.data().get();
            double epoch = data.size() / speed.figures().getOrDefault("samples_per_s", Double.NaN);
            keep(new Point(name, threads),
                    new Result(epoch, speed.flopsPerSecond() * epoch, data.steps(), 0, threads));
        }
    }

    private void keep(Point point, Result result) {
        results.merge(point, result, (a, b) -> a.seconds <= b.seconds ? a : b);
    }

    /// Two batches an epoch of numbers, through one LSTM.
    private Result train(Size size, int threads) {
        var random = new RandomData(1);
        int samples = 2 * size.batch;
        var data = new Dataset(random.features(samples, size.steps, size.features, 1f), random.coins(samples));
        var model = Sequential.of(Signature.sequence(size.features), Lstm.of(size.units),
                Dense.of(1).activation(Activation.SIGMOID));
        return train(model, data, size.batch, threads);
    }

    private interface Lengths {
        void set(int[] lengths);
    }

    /// Texts of some lengths through an embedding and an LSTM.
    private void texts(String series, Lengths lengths) {
        var random = new RandomData(1);
        int[] each = new int[tiny ? 64 : 2048];
        lengths.set(each);
        var data = new Dataset(Inputs.tokens(random.zipf(each, 5000)), random.coins(each.length));
        var model = Sequential.of(Signature.tokens(), Embedding.of(5000, 64), Lstm.of(128),
                Dense.of(1).activation(Activation.SIGMOID));
        keep(new Point(series, Arrays.stream(each).max().orElse(0)), train(model, data, 32, threads));
    }

    private Result train(Sequential model, Dataset data, int batch, int threads) {
        var heap = new HeapWatch();
        var watch = new EpochWatch(seconds);
        Trainer.of(model).loss(Loss.BINARY_CROSSENTROPY).threads(threads).fit(data,
                Fit.epochs(EpochWatch.MOST).batchSize(batch).listener(heap).listener(watch));
        return new Result(watch.seconds(), Training.work(model, data, 1).flops(), data.steps(), heap.bytes(), threads);
    }
}
