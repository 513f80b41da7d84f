package dev.rondo.interop.onnx;

import dev.rondo.nn.Plan;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Random sequences for all inputs of a model, in windows.
///
/// @param inputs the inputs
/// @param lengths the lengths in each window; each input starts at another place of them, so that inputs have lengths of their own
/// @param padding steps more than the longest sequence has
/// @param values for each input the numbers of each sequence, one window behind the other
record CheckBatch(List<Plan.Input> inputs, int[][] lengths, int padding, List<float[][]> values) {
    private static final double WIDEST = 2;

    static CheckBatch draw(List<Plan.Input> inputs, int[][] lengths, int padding, int tokens,
            SplittableRandom random) {
        CheckBatch batch = new CheckBatch(inputs, lengths, padding, new ArrayList<>());
        for (int i = 0; i < inputs.size(); i++) {
            Signature signature = inputs.get(i).signature();
            float[][] drawn = new float[batch.size()][];
            for (int b = 0; b < drawn.length; b++) {
                int steps = signature.isSequence() ? batch.upTo(i, lengths.length - 1, b) : 1;
                drawn[b] = new float[steps * signature.features()];
                for (int j = 0; j < drawn[b].length; j++) {
                    drawn[b][j] = signature.kind() == Signature.Kind.TOKENS ? random.nextInt(tokens)
                            : (float) random.nextDouble(-WIDEST, WIDEST);
                }
            }
            batch.values.add(drawn);
        }
        return batch;
    }

    /// The number of sequences.
    int size() {
        return lengths[0].length;
    }

    private int length(int input, int window, int b) {
        Signature signature = inputs.get(input).signature();
        return signature.hasSteps() ? signature.steps() : lengths[window][(b + input) % size()];
    }

    /// The steps of the windows up to one.
    private int upTo(int input, int window, int b) {
        int steps = 0;
        for (int w = 0; w <= window; w++) {
            steps += length(input, w, b);
        }
        return steps;
    }

    /// What ONNX Runtime is fed for a window.
    Map<String, Object> fed(int window, OnnxExport export) {
        Map<String, Object> fed = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            Signature signature = inputs.get(i).signature();
            String name = inputs.get(i).name();
            int features = signature.features();
            int steps = steps(i, window);
            float[] data = new float[size() * steps * features];
            Arrays.fill(data, signature.kind() == Signature.Kind.TOKENS ? 0 : Float.NaN);
            for (int b = 0; b < size(); b++) {
                int from = signature.isSequence() && window > 0 ? upTo(i, window - 1, b) : 0;
                int count = signature.isSequence() ? length(i, window, b) : 1;
                System.arraycopy(values.get(i)[b], from * features, data, b * steps * features, count * features);
            }
            fed.put(name, switch (signature.kind()) {
                case TOKENS -> wholes(data, size(), steps);
                case SEQUENCE -> Tensor.of(data, size(), steps, features);
                case VECTOR -> Tensor.of(data, size(), features);
            });
            if (OnnxExport.isRagged(signature)) {
                long[] counts = new long[size()];
                for (int b = 0; b < counts.length; b++) {
                    counts[b] = length(i, window, b);
                }
                fed.put(export.lengthsOf(name), new OnnxRuntime.Wholes(counts, size()));
            }
        }
        return fed;
    }

    private int steps(int input, int window) {
        Signature signature = inputs.get(input).signature();
        if (!signature.isSequence()) {
            return 1;
        }
        int steps = 1;
        for (int b = 0; b < size(); b++) {
            steps = Math.max(steps, length(input, window, b));
        }
        return signature.hasSteps() ? steps : steps + padding;
    }

    private static OnnxRuntime.Wholes wholes(float[] data, long... shape) {
        long[] ids = new long[data.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (long) data[i];
        }
        return new OnnxRuntime.Wholes(ids, shape);
    }

    /// What Rondo is fed for a sequence up to the end of a window.
    List<Var> on(Tape tape, int window, int b) {
        List<Var> on = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Signature signature = inputs.get(i).signature();
            float[] all = values.get(i)[b];
            if (!signature.isSequence()) {
                on.add(tape.constant(all, 1, signature.features(), null));
                continue;
            }
            int steps = upTo(i, window, b);
            float[] now = Arrays.copyOf(all, steps * signature.features());
            if (signature.kind() == Signature.Kind.SEQUENCE) {
                on.add(tape.constant(now, steps, signature.features(), Steps.of(steps)));
            } else {
                int[] ids = new int[steps];
                Arrays.setAll(ids, t -> (int) now[t]);
                on.add(tape.tokens(ids, Steps.of(steps)));
            }
        }
        return on;
    }
}
