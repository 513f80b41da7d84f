package dev.rondo.bench;

import static dev.rondo.loss.Loss.BINARY_CROSSENTROPY;
import static dev.rondo.loss.Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
import static dev.rondo.op.Activation.RELU;
import static dev.rondo.op.Activation.SIGMOID;
import static dev.rondo.op.Activation.SOFTMAX;

import dev.rondo.data.Dataset;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.optim.Adam;
import dev.rondo.optim.RmsProp;
import dev.rondo.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/// Looks for kernels whose vectors C2 boxes: makes objects of, some megabytes for a step that takes kilobytes otherwise.
///
/// Whether it does may differ from one run of a program to the next, so workloads that use nearly all kernels between them run in processes
/// of their own. Bytes are counted, which are the same on a busy machine, and no time.
public final class Boxing {
    /// What a workload may allocate.
    ///
    /// @param most bytes a step or call: two to three and a half times what is normal
    record Case(Workload workload, long most) {}

    /// What a workload allocated in a process.
    ///
    /// @param workload its name
    /// @param description its model in words
    /// @param bytes heap bytes a step or call, once warm
    /// @param most what it may allocate
    public record Found(String workload, String description, double bytes, long most) {
        /// Whether some kernel allocates.
        public boolean boxed() {
            return !(bytes <= most);
        }

        /// Both in one line.
        @Override
        public String toString() {
            return "%s (%s) allocates %,.0f bytes a step; at most %,d are wanted".formatted(workload, description,
                    bytes, most);
        }
    }

    private static final int SEED = 1;
    private static final int AT_ONCE = 2;
    private static final double WARM_SECONDS = 1.2;
    private static final double SECONDS = 0.6;
    private static final double LONGEST = 5;

    /// The LSTM with either activation and with another, GRU, SimpleRnn with either; Adam, RMSprop, momentum and plain descent with
    /// clipping; dropout; softmax over few and many classes; prediction of one sample, one step and many samples.
    static final List<Case> CASES = List.of(
            new Case(Workload.of("S0"), 100_000),
            new Case(
                    new Training("S1-short", "S1's model, 512 samples", 32, Workloads::words,
                            () -> {
                                var random = new RandomData(SEED);
                                return Dataset.of(random.zipf(512, 50, 10_000), random.coins(512));
                            },
                            BINARY_CROSSENTROPY, Adam.of(1e-3)),
                    150_000),
            new Case(Workload.of("S3"), 80_000),
            new Case(
                    new Training("S4-small", "Embedding(5000, 128), SimpleRnn(100, relu), RMSprop, T=50", 64,
                            () -> Sequential.of(Signature.tokens(), Embedding.of(5000, 128),
                                    SimpleRnn.of(100).activation(RELU), Dense.of(1).activation(SIGMOID)),
                            () -> {
                                var random = new RandomData(SEED);
                                return Dataset.of(random.zipf(1024, 50, 5000), random.coins(1024));
                            },
                            BINARY_CROSSENTROPY, RmsProp.of(1e-3)),
                    150_000),
            new Case(new LanguageModel("L1-short", 10_000, 8), 300_000),
            new Case(
                    new Training("L3-small",
                            "Bidirectional GRU(128), LSTM(60, sigmoid), Dense(5, softmax), momentum, T=20, F=64", 64,
                            () -> Sequential.of(Signature.sequence(64),
                                    Bidirectional.of(Gru.of(128).returnSequences()),
                                    Lstm.of(60).activation(SIGMOID), Dense.of(5).activation(SOFTMAX)),
                            () -> {
                                var random = new RandomData(SEED);
                                return new Dataset(random.features(512, 20, 64, 1f), random.classes(512, 5));
                            },
                            SPARSE_CATEGORICAL_CROSSENTROPY, Sgd.of(1e-2).momentum(0.9)),
                    200_000),
            new Case(Workload.of("I1"), 20_000),
            new Case(Workload.of("I2"), 1_000),
            new Case(Workload.of("I3"), 900_000));

    private Boxing() {}

    /// Runs each workload in so many fresh processes, two at a time with a thread each.
    ///
    /// @param runs processes for each workload, at least 1
    /// @param each is told of every process, in the same order each time
    /// @throws IllegalStateException if a process fails; the message has its last words
    public static void look(int runs, Consumer<Found> each) {
        ExecutorService two = Executors.newFixedThreadPool(AT_ONCE);
        try {
            for (int run = 0; run < runs; run++) {
                List<Future<Found>> found = new ArrayList<>();
                for (Case one : CASES) {
                    found.add(two.submit(() -> ask(one)));
                }
                for (Future<Found> one : found) {
                    each.accept(one.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process ran", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            two.shutdownNow(); // what is still waiting is no longer wanted
        }
    }

    private static Found ask(Case one) {
        Workload workload = one.workload();
        double bytes = Double.parseDouble(
                FreshProcess.ask(Boxing.class, workload.name()).words().getFirst());
        return new Found(workload.name(), workload.description(), bytes, one.most());
    }

    /// The fresh process.
    ///
    /// @param args name of a workload
    public static void main(String[] args) {
        Case one = CASES.stream().filter(c -> c.workload().name().equals(args[0])).findFirst().orElseThrow();
        one.workload().steady(1, WARM_SECONDS);
        double bytes = settled(one.most(), s -> one.workload().steady(1, s).bytesPerStep());
        FreshProcess.answer(Double.toString(bytes));
    }

    /// Measures for longer and longer until the bytes are few enough: a busy machine may not have compiled a kernel yet, which
    /// allocates as one that C2 boxes, but not for ever.
    ///
    /// @param most bytes that are few enough
    /// @param bytes measures for so many seconds
    /// @return the last bytes measured
    static double settled(long most, DoubleUnaryOperator bytes) {
        double last = Double.NaN;
        for (double seconds = SECONDS; seconds <= LONGEST; seconds *= 2) {
            last = bytes.applyAsDouble(seconds);
            if (last <= most) {
                break;
            }
        }
        return last;
    }
}
