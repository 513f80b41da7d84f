package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The double-precision references against what Keras computed in double precision: every recurrent case, outputs and gradients.
/// The references judge the ops, so they are judged by somebody else.
class ReferenceGoldenTest {
    private static final String FOLDER = "golden/keras";
    /// The files hold doubles rounded to floats, 6e-8 of each number.
    private static final double TOLERANCE = 1.2e-7;
    /// The same, of the largest gradient of an input; differences add 1e-9.
    private static final double GRADIENT_TOLERANCE = 2e-7;

    static Stream<String> recurrent() {
        return Golden.cases(FOLDER).stream().filter(name -> name.matches("(simplernn|lstm|gru)_.*"));
    }

    @ParameterizedTest
    @MethodSource("recurrent")
    void outputsAndGradients(String name) {
        Layer layer = new Layer(Golden.open(FOLDER, name));
        Map<String, double[]> inputs = new LinkedHashMap<>();
        Map<String, double[]> gradients = new LinkedHashMap<>();
        for (String tensor : List.of("input", "initial_h", "initial_c", "w.kernel", "w.recurrent_kernel", "w.bias")) {
            if (layer.golden.has(tensor)) {
                String input = tensor.replace("w.", "");
                inputs.put(input, doubles(layer.golden, tensor));
                gradients.put(input, doubles(layer.golden, "g." + input));
            }
        }
        layer.run(inputs).forEach((output, actual) -> assertClose(layer, output, actual));
        GradientChecker.check(in -> loss(layer, layer.run(in)), inputs, gradients)
                .assertWithin(GRADIENT_TOLERANCE);
    }

    private static double loss(Layer layer, Map<String, double[]> outputs) {
        double[] sum = {0};
        outputs.forEach((name, values) -> sum[0] += ReferenceOpsTest.dot(values, layer.weights.get(name)));
        return sum[0];
    }

    private static void assertClose(Layer layer, String name, double[] actual) {
        double[] expected = doubles(layer.golden, name);
        double[] weights = layer.weights.get(name);
        assertEquals(expected.length, actual.length, name);
        for (int i = 0; i < expected.length; i++) {
            // Without weight in the loss: a padded step, where Keras repeats the step before.
            if (weights[i] != 0) {
                assertEquals(expected[i], actual[i], TOLERANCE * Math.max(1, Math.abs(expected[i])),
                        name + "[" + i + "]");
            }
        }
    }

    private static double[] doubles(Golden golden, String name) {
        return Poison.doubles(golden.tensor(name).data());
    }

    /// One case: the options of the layer, the shapes, and the weights of the outputs in the loss.
    private static final class Layer {
        final Golden golden;
        final Map<String, double[]> weights = new LinkedHashMap<>();
        private final String type;
        private final boolean resetAfter;
        private final boolean backwards;
        private final boolean sequences;
        private final DoubleUnaryOperator activation;
        private final DoubleUnaryOperator recurrentActivation;
        private final int[] lengths;
        private final int steps;
        private final int features;
        private final int units;

        Layer(Golden golden) {
            this.golden = golden;
            type = option("class_name");
            resetAfter = type.equals("GRU") && option("reset_after").equals("true");
            backwards = option("go_backwards").equals("true");
            sequences = option("return_sequences").equals("true");
            activation = ReferenceActivation.of(Activation.of(option("activation")));
            recurrentActivation = type.equals("SimpleRNN") ? activation
                    : ReferenceActivation.of(Activation.of(option("recurrent_activation")));
            int[] shape = golden.tensor("input").shape();
            steps = shape[1];
            features = shape[2];
            units = golden.tensor("w.recurrent_kernel").shape()[0];
            lengths = new int[shape[0]];
            Arrays.fill(lengths, steps);
            if (golden.has("lengths")) {
                System.arraycopy(golden.ints("lengths").data(), 0, lengths, 0, lengths.length);
            }
            for (String output : List.of("output", "last_h", "last_c")) {
                if (golden.has(output)) {
                    weights.put(output, doubles(golden, "d_" + output));
                }
            }
        }

        private String option(String name) {
            Matcher matcher = Pattern.compile('"' + name + "\":\"?(\\w+)").matcher(golden.text("layer"));
            assertTrue(matcher.find(), () -> name + " in " + golden.text("layer"));
            return matcher.group(1);
        }

        /// Outputs by the names in the file; those of padded steps are left at zero.
        Map<String, double[]> run(Map<String, double[]> in) {
            ReferenceCell cell = cell(in);
            int batch = lengths.length;
            double[] output = new double[batch * (sequences ? steps : 1) * units];
            double[][] last = new double[cell.stateParts()][batch * units];
            for (int b = 0; b < batch; b++) {
                ReferenceCell.Run run = cell.run(sequence(in.get("input"), b), initial(cell, in, b),
                        backwards ? Direction.BACKWARD : Direction.FORWARD);
                for (int part = 0; part < last.length; part++) {
                    System.arraycopy(run.last()[part], 0, last[part], b * units, units);
                }
                // Keras leaves the outputs of go_backwards in the order of the visits, the padded steps first.
                double[][] visited = backwards ? ReferenceOps.reverse(run.outputs()) : run.outputs();
                int first = backwards ? steps - lengths[b] : 0;
                for (int t = 0; sequences && t < lengths[b]; t++) {
                    System.arraycopy(visited[t], 0, output, (b * steps + first + t) * units, units);
                }
            }
            Map<String, double[]> outputs = new LinkedHashMap<>();
            outputs.put("output", sequences ? output : last[0]);
            if (weights.containsKey("last_h")) {
                outputs.put("last_h", last[0]);
            }
            if (weights.containsKey("last_c")) {
                outputs.put("last_c", last[1]);
            }
            return outputs;
        }

        private double[][] sequence(double[] input, int b) {
            return ReferenceOps.matrix(Arrays.copyOfRange(input, b * steps * features, (b + 1) * steps * features),
                    lengths[b], features);
        }

        private double[][] initial(ReferenceCell cell, Map<String, double[]> in, int b) {
            double[][] initial = cell.zeroState();
            for (int part = 0; part < initial.length; part++) {
                double[] given = in.get(part == 0 ? "initial_h" : "initial_c");
                if (given != null) {
                    initial[part] = Arrays.copyOfRange(given, b * units, (b + 1) * units);
                }
            }
            return initial;
        }

        private ReferenceCell cell(Map<String, double[]> in) {
            int columns = in.get("recurrent_kernel").length / units;
            double[][] kernel = ReferenceOps.matrix(in.get("kernel"), features, columns);
            double[][] recurrent = ReferenceOps.matrix(in.get("recurrent_kernel"), units, columns);
            double[] bias = in.get("bias");
            if (resetAfter) {
                double[] inputBias = bias == null ? null : Arrays.copyOf(bias, columns);
                double[] recurrentBias = bias == null ? null : Arrays.copyOfRange(bias, columns, 2 * columns);
                return new ReferenceGru(kernel, recurrent, inputBias, recurrentBias, activation, recurrentActivation);
            }
            return switch (type) {
                case "SimpleRNN" -> new ReferenceSimpleRnn(kernel, recurrent, bias, activation);
                case "LSTM" -> new ReferenceLstm(kernel, recurrent, bias, activation, recurrentActivation);
                case "GRU" -> new ReferenceGruResetBefore(kernel, recurrent, bias, activation, recurrentActivation);
                default -> throw new AssertionError(golden.text("layer"));
            };
        }
    }
}
