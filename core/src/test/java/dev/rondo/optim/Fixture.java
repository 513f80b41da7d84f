package dev.rondo.optim;

import dev.rondo.op.RowGradient;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// Parameters, gradients and learning rates for the tests of this package.
final class Fixture {
    /// Every formula: with and without momentum, each optimizer, weight decay strong enough to show.
    static final List<Optimizer> ALL = List.of(Sgd.of(0.1), Sgd.of(0.05).momentum(0.9),
            Sgd.of(0.05).momentum(0.9).nesterov(), RmsProp.of(), Adam.of(), AdamW.of(), AdamW.of().weightDecay(0.5));

    private Fixture() {}

    static Parameter parameter(String name, Random random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextFloat() - 0.5f) * 0.1f;
        }
        return new Parameter(name, Tensor.of(values, rows, columns));
    }

    static Parameter copy(Parameter parameter) {
        return new Parameter(parameter.name(), parameter.tensor());
    }

    static float[] gaussian(Random random, int n, double scale) {
        float[] g = new float[n];
        for (int i = 0; i < n; i++) {
            g[i] = (float) (random.nextGaussian() * scale);
        }
        return g;
    }

    /// Hands gradients to `use`; `fill` puts them on the tape.
    static void withGradients(Workspace workspace, Consumer<Tape> fill, Consumer<Gradients> use) {
        try (Tape tape = Tape.recording(workspace, 0)) {
            fill.accept(tape);
            use.accept(tape.backward(tape.constant(new float[1], 1, 1, null)));
        }
    }

    static void addDense(Tape tape, Parameter parameter, float[] gradient) {
        System.arraycopy(gradient, 0, tape.gradientOf(parameter), 0, gradient.length);
    }

    /// Puts the rows of a gradient that are touched on the tape, the last first.
    static void addRows(Tape tape, Parameter parameter, float[] gradient, BitSet touched) {
        RowGradient rows = tape.rowGradientOf(parameter);
        int width = rows.width();
        for (int row = touched.length() - 1; row >= 0; row--) {
            if (touched.get(row)) {
                int at = rows.touch(row);
                System.arraycopy(gradient, row * width, rows.values(), at, width);
            }
        }
    }

    /// A warm-up, then a cosine, with a pause.
    static double learningRate(Optimizer optimizer, int step) {
        if (step >= 120 && step < 124) {
            return 0;
        }
        double warm = Math.min(1, step / 20.0);
        return optimizer.learningRate() * warm * (0.55 + 0.45 * Math.cos(step / 60.0));
    }

    /// Which rows step `step` touches: low ones often, high ones rarely; of the last ten, five never and five in the first
    /// fifty steps and the last forty of 400 only.
    static BitSet touched(Random random, int rows, int step) {
        BitSet touched = new BitSet(rows);
        for (int i = 0; i < 24; i++) {
            double u = random.nextDouble();
            touched.set((int) ((rows - 10) * u * u * u));
        }
        if (step < 50 || step >= 360) {
            touched.set(rows - 10 + random.nextInt(5));
        }
        return touched;
    }

    /// A gradient that is zero in rows not touched; rows differ in scale.
    static float[] rowGradient(Random random, int rows, int width, BitSet touched) {
        float[] gradient = new float[rows * width];
        touched.stream().forEach(row -> {
            float[] g = gaussian(random, width, 0.01 * (1 + row % 7));
            System.arraycopy(g, 0, gradient, row * width, width);
        });
        return gradient;
    }
}
