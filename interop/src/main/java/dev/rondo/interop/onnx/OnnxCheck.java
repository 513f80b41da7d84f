package dev.rondo.interop.onnx;

import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Runs an exported model in ONNX Runtime and in Rondo on the same random ragged sequences, some of them empty, and compares all outputs.
/// A model with state runs in two windows, against Rondo on whole sequences.
///
/// @param largest the largest difference between two numbers
/// @param scale the largest number of Rondo's, at least 1e-30
/// @param numbers how many numbers were compared
public record OnnxCheck(double largest, double scale, long numbers) {
    private static final int BATCH = 6;
    /// Lengths of the sequences in each of two windows; a model without state runs in the first alone.
    private static final int[][] LENGTHS = {{7, 0, 1, 5, 2, 7}, {3, 4, 0, 1, 6, 2}};
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
        /// For each input the numbers of each sequence, one window behind the other.
        private final List<float[][]> values = new ArrayList<>();
        private double largest;
        private double scale = SMALLEST;
        private long numbers;

        Run(OnnxExport export) {
            this.export = export;
            inputs = export.inputs();
        }

        OnnxCheck check() throws IOException {
            int windows = export.stateful() ? LENGTHS.length : 1;
            for (Plan.Input input : inputs) {
                values.add(draw(input.signature(), windows));
            }
            try (OnnxRuntime runtime = OnnxRuntime.open(export.bytes())) {
                Map<String, Tensor> outputs = new LinkedHashMap<>();
                for (int window = 0; window < windows; window++) {
                    Map<String, Object> given = fed(window);
                    if (export.stateful()) {
                        given.putAll(states(outputs));
                    }
                    outputs = runtime.run(given);
                    compare(window, outputs);
                }
            }
            return new OnnxCheck(largest, scale, numbers);
        }

        private static int length(Signature signature, int window, int b) {
            return signature.hasSteps() ? signature.steps() : LENGTHS[window][b];
        }

        /// The steps of the windows before, and of this one.
        private static int upTo(Signature signature, int window, int b) {
            int steps = 0;
            for (int w = 0; w <= window; w++) {
                steps += length(signature, w, b);
            }
            return steps;
        }

        private float[][] draw(Signature signature, int windows) {
            int tokens = Math.min(MOST_TOKENS, vocabulary());
            float[][] drawn = new float[BATCH][];
            for (int b = 0; b < BATCH; b++) {
                int steps = signature.isSequence() ? upTo(signature, windows - 1, b) : 1;
                drawn[b] = new float[steps * signature.features()];
                for (int i = 0; i < drawn[b].length; i++) {
                    drawn[b][i] = signature.kind() == Signature.Kind.TOKENS ? random.nextInt(tokens)
                            : (float) random.nextDouble(-2, 2);
                }
            }
            return drawn;
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

        private Map<String, Object> fed(int window) {
            Map<String, Object> fed = new LinkedHashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                Signature signature = inputs.get(i).signature();
                String name = inputs.get(i).name();
                int features = signature.features();
                int steps = signature.isSequence() ? 0 : 1;
                long[] lengths = new long[BATCH];
                for (int b = 0; b < BATCH && signature.isSequence(); b++) {
                    lengths[b] = length(signature, window, b);
                    steps = Math.max(steps, (int) lengths[b]);
                }
                float[] data = new float[BATCH * steps * features];
                for (int b = 0; b < BATCH; b++) {
                    int from = signature.isSequence() && window > 0 ? upTo(signature, window - 1, b) : 0;
                    int count = signature.isSequence() ? (int) lengths[b] : 1;
                    System.arraycopy(values.get(i)[b], from * features, data, b * steps * features, count * features);
                }
                fed.put(name, switch (signature.kind()) {
                    case TOKENS -> wholes(data, BATCH, steps);
                    case SEQUENCE -> Tensor.of(data, BATCH, steps, features);
                    case VECTOR -> Tensor.of(data, BATCH, features);
                });
                if (OnnxExport.isRagged(signature)) {
                    fed.put(export.lengthsOf(name), new OnnxRuntime.Wholes(lengths, BATCH));
                }
            }
            return fed;
        }

        private static OnnxRuntime.Wholes wholes(float[] data, long... shape) {
            long[] ids = new long[data.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (long) data[i];
            }
            return new OnnxRuntime.Wholes(ids, shape);
        }

        /// The states after the window before, or zeros.
        private Map<String, Object> states(Map<String, Tensor> before) {
            Map<String, Object> states = new LinkedHashMap<>();
            export.states().forEach((name, columns) -> {
                Tensor last = before.get(OnnxStates.lastOf(name));
                states.put(name, last != null ? last : Tensor.zeros(BATCH, columns));
            });
            return states;
        }

        /// Compares the outputs for a window with Rondo's for whole sequences, computed one by one.
        private void compare(int window, Map<String, Tensor> outputs) {
            for (int b = 0; b < BATCH; b++) {
                try (Tape tape = Tape.inference(new Workspace())) {
                    List<Var> fed = new ArrayList<>();
                    for (int i = 0; i < inputs.size(); i++) {
                        fed.add(on(tape, inputs.get(i).signature(), values.get(i)[b], window, b));
                    }
                    List<Var> wanted = export.model().apply(fed);
                    List<String> names = export.outputs(wanted.size());
                    for (int o = 0; o < names.size(); o++) {
                        compare(wanted.get(o), outputs.get(names.get(o)), window, b);
                    }
                }
            }
        }

        private static Var on(Tape tape, Signature signature, float[] all, int window, int b) {
            if (!signature.isSequence()) {
                return tape.constant(all, 1, signature.features(), null);
            }
            int steps = upTo(signature, window, b);
            float[] now = Arrays.copyOf(all, steps * signature.features());
            if (signature.kind() == Signature.Kind.SEQUENCE) {
                return tape.constant(now, steps, signature.features(), Steps.of(steps));
            }
            int[] ids = new int[steps];
            for (int t = 0; t < steps; t++) {
                ids[t] = (int) now[t];
            }
            return tape.tokens(ids, Steps.of(steps));
        }

        private void compare(Var wanted, Tensor got, int window, int b) {
            float[] expected = wanted.tensor().data();
            int width = got.size() / BATCH;
            int columns = wanted.columns();
            int real = wanted.isSequence() ? wanted.rows() : 1;
            int first = wanted.isSequence() && window > 0 ? real - LENGTHS[window][b] : 0;
            int numbersOfThis = (real - first) * columns;
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
