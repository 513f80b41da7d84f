package dev.rondo.bench.jmh;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Activation;
import dev.rondo.op.Buffers;
import dev.rondo.op.Direction;
import dev.rondo.op.GruOp;
import dev.rondo.op.LstmOp;
import dev.rondo.op.SimpleRnnOp;
import dev.rondo.op.Sum;
import dev.rondo.op.Weight;
import dev.rondo.tensor.Steps;
import dev.rondo.testkit.ReferenceActivation;
import dev.rondo.testkit.ReferenceCell;
import dev.rondo.testkit.ReferenceGru;
import dev.rondo.testkit.ReferenceLstm;
import dev.rondo.testkit.ReferenceOps;
import dev.rondo.testkit.ReferenceSimpleRnn;

/// The recurrent ops behind one face.
public enum RecurrentCell {
    LSTM(4), GRU(3), SIMPLE_RNN(1);

    private final int gates;

    RecurrentCell(int gates) {
        this.gates = gates;
    }

    /// Gradients of input, kernel and recurrent kernel.
    record Gradients(float[] x, float[] kernel, float[] recurrent) {}

    /// Adds the gradients of the sum of the last states.
    interface Backward {
        void into(Gradients gradients);
    }

    /// The last states, and the way back.
    record Outcome(float[] lastH, Backward backward) {}

    /// A cell with weights and input of some size.
    static final class Problem {
        private final RecurrentCell cell;
        private final Steps steps;
        private final int features;
        private final int units;
        private final float[] x;
        private final Weight kernel;
        private final Weight recurrent;
        private final float[] bias;
        private final float[] ones;

        Problem(RecurrentCell cell, Steps steps, int features, int units) {
            this.cell = cell;
            this.steps = steps;
            this.features = features;
            this.units = units;
            int columns = cell.gates * units;
            x = Close.numbers(steps.total() * features, 1);
            kernel = new Weight(scaled(features * columns, 2), features, columns);
            recurrent = new Weight(scaled(units * columns, 3), units, columns);
            bias = scaled(columns, 4);
            ones = new float[steps.batch() * units];
            java.util.Arrays.fill(ones, 1f);
        }

        /// Weights as small as those of a layer, so that the gates are not all at their ends.
        private float[] scaled(int n, long seed) {
            float[] values = Close.numbers(n, seed);
            float scale = (float) (1 / Math.sqrt(features + units));
            for (int i = 0; i < n; i++) {
                values[i] *= scale;
            }
            return values;
        }

        Gradients gradients() {
            return new Gradients(new float[x.length], new float[kernel.values().length],
                    new float[recurrent.values().length]);
        }

        Outcome forward(Kernels k, Buffers buffers, Direction direction) {
            return switch (cell) {
                case LSTM -> {
                    var cache = LstmOp.forward(k, buffers, steps, direction, x, null, null, new LstmOp.Weights(kernel,
                            recurrent, bias, Activation.TANH, Activation.SIGMOID));
                    yield new Outcome(cache.lastH(), g -> LstmOp.backward(k, buffers, cache, null, ones, null, g.x(),
                            null, null, Sum.of(g.kernel()), Sum.of(g.recurrent()), null));
                }
                case GRU -> {
                    var cache = GruOp.forward(k, buffers, steps, direction, x, null, new GruOp.Weights(kernel,
                            recurrent, bias, bias, Activation.TANH, Activation.SIGMOID));
                    yield new Outcome(cache.lastH(), g -> GruOp.backward(k, buffers, cache, null, ones, g.x(), null,
                            Sum.of(g.kernel()), Sum.of(g.recurrent()), null, null));
                }
                case SIMPLE_RNN -> {
                    var cache = SimpleRnnOp.forward(k, buffers, steps, direction, x, null,
                            new SimpleRnnOp.Weights(kernel, recurrent, bias, Activation.TANH));
                    yield new Outcome(cache.lastH(), g -> SimpleRnnOp.backward(k, buffers, cache, null, ones, g.x(),
                            null, Sum.of(g.kernel()), Sum.of(g.recurrent()), null));
                }
            };
        }

        /// Compares the last states with the reference, and the gradients with its change along a direction.
        void check(Kernels k) {
            Outcome outcome = forward(k, Buffers.HEAP, Direction.FORWARD);
            double[] expected = reference(0);
            for (int i = 0; i < expected.length; i++) {
                // Ten steps, each with a product of some hundred roundings of 6e-8.
                Close.check("h[" + i + "]", expected[i], outcome.lastH()[i], 2e-5);
            }
            Gradients gradients = gradients();
            outcome.backward().into(gradients);
            double slope = along(gradients.x()) + along(gradients.kernel()) + along(gradients.recurrent());
            double step = 1e-5;
            double difference = (total(reference(step)) - total(reference(-step))) / (2 * step);
            // The reference is in doubles: what is left are the roundings of the op, summed over all its inputs.
            Close.check("the change of the outputs", difference, slope, 1e-3);
        }

        private static double along(float[] gradient) {
            float[] direction = Close.numbers(gradient.length, 5);
            double sum = 0;
            for (int i = 0; i < gradient.length; i++) {
                sum += (double) gradient[i] * direction[i];
            }
            return sum;
        }

        private static double total(double[] values) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            return sum;
        }

        /// The last states with input and weights moved along the direction.
        private double[] reference(double step) {
            ReferenceCell one = cell(moved(kernel.values(), step), moved(recurrent.values(), step));
            double[][][] sequences = ReferenceOps.sequences(steps, moved(x, step), features);
            double[] lastH = new double[steps.batch() * units];
            for (int b = 0; b < steps.batch(); b++) {
                double[] h = one.run(sequences[b], one.zeroState(), Direction.FORWARD).last()[0];
                System.arraycopy(h, 0, lastH, b * units, units);
            }
            return lastH;
        }

        private ReferenceCell cell(double[] w, double[] r) {
            int columns = cell.gates * units;
            double[][] kernel = ReferenceOps.matrix(w, features, columns);
            double[][] recurrent = ReferenceOps.matrix(r, units, columns);
            double[] b = moved(bias, 0);
            var tanh = ReferenceActivation.of(Activation.TANH);
            var sigmoid = ReferenceActivation.of(Activation.SIGMOID);
            return switch (cell) {
                case LSTM -> new ReferenceLstm(kernel, recurrent, b, tanh, sigmoid);
                case GRU -> new ReferenceGru(kernel, recurrent, b, b, tanh, sigmoid);
                case SIMPLE_RNN -> new ReferenceSimpleRnn(kernel, recurrent, b, tanh);
            };
        }

        private static double[] moved(float[] values, double step) {
            float[] direction = Close.numbers(values.length, 5);
            double[] moved = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                moved[i] = values[i] + step * direction[i];
            }
            return moved;
        }
    }
}
