package dev.rondo.interop.onnx;

import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs an exported model in ONNX Runtime and in Rondo on the same random ragged sequences, some of them empty, and compares all outputs,
/// for several sizes of the batch. What stands behind the end of a sequence is no number, where that can be said. A model with state runs in
/// two windows, against Rondo on whole sequences.
///
/// @param largest the largest difference between two numbers
/// @param scale the largest number of Rondo's, at least 1e-30
/// @param numbers how many numbers were compared
public record OnnxCheck(double largest, double scale, long numbers) {
    /// For each batch the lengths of its sequences in each of two windows; a model without state runs in the first alone. The batch is at
    /// least as long as its longest sequence, so the last ones are all padded.
    private static final int[][][] LENGTHS = {{{7, 0, 1, 5, 2, 7}, {3, 4, 0, 1, 6, 2}}, {{1}, {2}},
            {{0, 2, 1, 1}, {1, 0, 3, 0}}};
    /// Further batches of random lengths, with sequences of at most so many steps.
    private static final int MOST_STEPS = 12;
    private static final int RANDOM_BATCHES = 2;
    private static final double SMALLEST = 1e-30;
    private static final double TOLERANCE = 1e-5;
    private static final int MOST_TOKENS = 1 << 20;

    /// The largest difference as a share of the largest number.
    public double relative() {
        return largest / scale;
    }

    /// Whether the difference is what sums of float32 in another order explain.
    public boolean passes() {
        return relative() < TOLERANCE;
    }

    /// Checks an export, if ONNX Runtime is on the class path.
    ///
    /// @return the difference; empty if ONNX Runtime is not there
    /// @throws IOException if ONNX Runtime refuses the model
    public static Optional<OnnxCheck> run(OnnxExport export) throws IOException {
        return OnnxRuntime.isPresent() ? Optional.of(new Run(export).check()) : Optional.empty();
    }

    /// One check in progress.
    private static final class Run {
        private final OnnxExport export;
        private final List<Plan.Input> inputs;
        private final SplittableRandom random = new SplittableRandom(1);
        private final int tokens;
        private double largest;
        private double scale = SMALLEST;
        private long numbers;

        Run(OnnxExport export) {
            this.export = export;
            inputs = export.inputs();
            tokens = Math.min(MOST_TOKENS, vocabulary());
        }

        OnnxCheck check() throws IOException {
            // ONNX Runtime's interface for Java feeds required inputs only; that they are required is all that differs.
            OnnxExport fed = export.isStateful() ? new OnnxExport(export.model(), OnnxExport.State.REQUIRED) : export;
            try (OnnxRuntime first = OnnxRuntime.open(export.bytes());
                    OnnxRuntime next = OnnxRuntime.open(fed.bytes())) {
                for (int[][] lengths : LENGTHS) {
                    run(lengths, 0, first, next);
                }
                for (int i = 0; i < RANDOM_BATCHES; i++) {
                    run(lengths(random.nextInt(2, 6)), 1 + i, first, next);
                }
            }
            return new OnnxCheck(largest, scale, numbers);
        }

        private int[][] lengths(int batch) {
            int[][] lengths = new int[2][batch];
            for (int[] window : lengths) {
                Arrays.setAll(window, b -> random.nextInt(MOST_STEPS + 1));
            }
            return lengths;
        }

        private void run(int[][] lengths, int padding, OnnxRuntime first, OnnxRuntime next) throws IOException {
            CheckBatch batch = CheckBatch.draw(inputs, lengths, padding, tokens, random);
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            int windows = export.isStateful() ? lengths.length : 1;
            int[][] rowsBefore = new int[batch.size()][];
            for (int window = 0; window < windows; window++) {
                Map<String, Object> given = batch.fed(window, export);
                boolean feeds = window > 0 || export.state() == OnnxExport.State.REQUIRED;
                if (export.isStateful() && feeds) {
                    given.putAll(states(outputs, batch.size()));
                }
                outputs = (feeds ? next : first).run(given);
                for (int b = 0; b < batch.size(); b++) {
                    rowsBefore[b] = compare(batch, window, b, outputs, rowsBefore[b]);
                }
            }
        }

        private int vocabulary() {
            List<Layer> layers = switch (export.model()) {
                case Sequential stack -> stack.layers();
                case Graph graph -> List.of(graph.plan());
                default -> List.of();
            };
            return layers.stream().flatMap(Run::embeddings).mapToInt(Embedding::inputDim).min().orElse(2);
        }

        private static Stream<Embedding> embeddings(Layer layer) {
            return switch (layer) {
                case Embedding embedding -> Stream.of(embedding);
                case Plan plan -> plan.layers().stream().flatMap(named -> embeddings(named.layer()));
                default -> Stream.empty();
            };
        }

        /// The states after the window before, or zeros.
        private Map<String, Object> states(Map<String, Tensor> before, int batch) {
            Map<String, Object> states = new LinkedHashMap<>();
            export.states().forEach((name, columns) -> {
                Tensor last = before.get(OnnxStates.lastOf(name));
                states.put(name, last != null ? last : Tensor.zeros(batch, columns));
            });
            return states;
        }

        /// Compares the outputs for a window of a sequence with Rondo's for the whole sequence.
        ///
        /// @param before how many rows each output had after the window before, null for none
        /// @return how many rows each output has now
        private int[] compare(CheckBatch batch, int window, int b, Map<String, Tensor> outputs,
                int @Nullable [] before) {
            try (Tape tape = Tape.inference(new Workspace())) {
                List<Var> wanted = export.model().apply(batch.on(tape, window, b));
                List<String> names = export.outputs(wanted.size());
                int[] rows = new int[names.size()];
                for (int o = 0; o < rows.length; o++) {
                    Var output = wanted.get(o);
                    rows[o] = output.isSequence() ? output.rows() : 0;
                    Tensor got = Objects.requireNonNull(outputs.get(names.get(o)));
                    compare(output, got, b, before == null ? 0 : before[o]);
                }
                return rows;
            }
        }

        private void compare(Var wanted, Tensor got, int b, int first) {
            float[] expected = wanted.tensor().data();
            int width = got.size() / got.dim(0);
            int columns = wanted.columns();
            int real = wanted.isSequence() ? wanted.rows() : 1;
            int numbersOfThis = (real - first) * columns;
            if (numbersOfThis > width || width % columns != 0) {
                throw new IllegalStateException("ONNX Runtime gives " + width + " numbers for a sequence, expected "
                        + numbersOfThis + " or more in rows of " + columns);
            }
            for (int i = 0; i < width; i++) {
                double value = i < numbersOfThis ? expected[first * columns + i] : 0;
                double difference = Math.abs(value - got.data()[b * width + i]);
                largest = difference <= largest ? largest : difference;
                scale = Math.max(scale, Math.abs(value));
                numbers++;
            }
        }
    }
}
