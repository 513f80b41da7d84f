package dev.rondo.tape;

import dev.rondo.op.NormalizationOp;
import dev.rondo.tensor.Mask;
import org.jspecify.annotations.Nullable;

/// Normalization of rows and columns, on a tape.
public final class NormalizationOps {
    private NormalizationOps() {}

    /// What scales and shifts normalized columns.
    ///
    /// @param gamma `[F]`, null for ones
    /// @param beta `[F]`, null for zeros
    /// @param epsilon added to variances
    public record Scaling(@Nullable Parameter gamma, @Nullable Parameter beta, double epsilon) {
        private float @Nullable [] gammas() {
            return gamma == null ? null : gamma.values();
        }

        private float @Nullable [] betas() {
            return beta == null ? null : beta.values();
        }

        private boolean hasParameters() {
            return gamma != null || beta != null;
        }

        private void backward(Tape tape, int rows, int columns, float[] n, float[] dy) {
            NormalizationOp.scaleBackward(rows, columns, n, dy, gamma == null ? null : tape.gradientOf(gamma),
                    beta == null ? null : tape.gradientOf(beta));
        }
    }

    /// Layer normalization: each row to mean 0 and variance 1.
    public static Var layer(Var x, Scaling scaling) {
        Tape tape = x.tape();
        int rows = x.rows();
        int columns = x.columns();
        float[] n = tape.buffers().take(x.size());
        float[] inverse = tape.buffers().take(rows);
        float[] y = tape.buffers().take(x.size());
        float[] gamma = scaling.gammas();
        NormalizationOp.rows(rows, columns, scaling.epsilon, gamma, scaling.betas(), x.data(), n, inverse, y);
        Var out = tape.result(y, rows, columns, x.layout(), x.needsGradient() || scaling.hasParameters())
                .withMask(x.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                NormalizationOp.rowsBackward(rows, columns, gamma, n, inverse, dy, dx);
            }
            if (dy != null) {
                scaling.backward(tape, rows, columns, n, dy);
            }
        });
        return out;
    }

    /// Batch normalization with the moments of the batch itself; rows that the mask leaves out are normalized too, but not counted.
    ///
    /// After the step that the tape is for the moving moments become `momentum * old + (1 - momentum) * new`, unless no row counts.
    ///
    /// @param mean moving means `[F]`
    /// @param variance moving variances `[F]`
    /// @param momentum in [0, 1]
    public static Var batch(Var x, Scaling scaling, Parameter mean, Parameter variance, double momentum) {
        Tape tape = x.tape();
        int rows = x.rows();
        int columns = x.columns();
        Mask mask = x.mask();
        // Keras divides masked sums by the count and 1e-7.
        double small = mask == null ? 0 : 1e-7;
        double[] m = new double[columns];
        double[] v = new double[columns];
        int count = NormalizationOp.moments(rows, columns, mask, small, x.data(), m, v);
        double[] inverse = inverse(v, scaling.epsilon);
        float[] n = tape.buffers().take(x.size());
        float[] y = tape.buffers().take(x.size());
        float[] gamma = scaling.gammas();
        NormalizationOp.columns(rows, columns, m, inverse, gamma, scaling.betas(), x.data(), n, y);
        Var out = tape.result(y, rows, columns, x.layout(), x.needsGradient() || scaling.hasParameters())
                .withMask(mask);
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                NormalizationOp.columnsBackward(rows, columns, mask, count + small, inverse, gamma, n, dy, dx);
            }
            if (dy != null) {
                scaling.backward(tape, rows, columns, n, dy);
            }
        });
        if (count > 0) {
            tape.afterStep(() -> {
                move(mean, m, momentum);
                move(variance, v, momentum);
            });
        }
        return out;
    }

    /// Batch normalization with given moments, as at inference.
    ///
    /// @param mean `[F]`
    /// @param variance `[F]`
    public static Var batch(Var x, Scaling scaling, Parameter mean, Parameter variance) {
        Tape tape = x.tape();
        int rows = x.rows();
        int columns = x.columns();
        double[] inverse = inverse(doubles(variance.values()), scaling.epsilon);
        float[] n = tape.buffers().take(x.size());
        float[] y = tape.buffers().take(x.size());
        float[] gamma = scaling.gammas();
        NormalizationOp.columns(rows, columns, doubles(mean.values()), inverse, gamma, scaling.betas(), x.data(), n, y);
        Var out = tape.result(y, rows, columns, x.layout(), x.needsGradient() || scaling.hasParameters())
                .withMask(x.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                NormalizationOp.columnsBackward(rows, columns, inverse, gamma, dy, dx);
            }
            if (dy != null) {
                scaling.backward(tape, rows, columns, n, dy);
            }
        });
        return out;
    }

    /// Each row divided by its length.
    public static Var unit(Var x) {
        int rows = x.rows();
        int columns = x.columns();
        float[] inverse = x.tape().buffers().take(rows);
        float[][] made = new float[1][];
        return Wiring.same(x, y -> {
            made[0] = y;
            NormalizationOp.unit(rows, columns, x.data(), inverse, y);
        }, (dy, dx) -> NormalizationOp.unitBackward(rows, columns, made[0], inverse, dy, dx));
    }

    /// Constants for each column: `y_j = scale_j x_j + offset_j`.
    ///
    /// @param scale one for each column
    /// @param offset one for each column
    public static Var scale(Var x, float[] scale, float[] offset) {
        return eachColumn(x, scale, j -> 0, j -> offset[j]);
    }

    /// Constants for each column: `y_j = (x_j + offset_j) scale_j`.
    ///
    /// @param offset one for each column
    /// @param scale one for each column
    public static Var shift(Var x, float[] offset, float[] scale) {
        return eachColumn(x, scale, j -> offset[j], j -> 0);
    }

    private interface Column {
        float of(int j);
    }

    private static Var eachColumn(Var x, float[] scale, Column before, Column after) {
        int columns = x.columns();
        return Wiring.same(x, y -> {
            float[] data = x.data();
            for (int i = 0; i < x.size(); i++) {
                int j = i % columns;
                y[i] = (data[i] + before.of(j)) * scale[j] + after.of(j);
            }
        }, (dy, dx) -> {
            for (int i = 0; i < x.size(); i++) {
                dx[i] += dy[i] * scale[i % columns];
            }
        });
    }

    private static void move(Parameter moving, double[] now, double momentum) {
        float[] values = moving.values();
        for (int j = 0; j < values.length; j++) {
            values[j] = (float) (values[j] * momentum + now[j] * (1 - momentum));
        }
        moving.changed();
    }

    private static double[] inverse(double[] variance, double epsilon) {
        double[] inverse = new double[variance.length];
        for (int j = 0; j < inverse.length; j++) {
            inverse[j] = 1 / Math.sqrt(variance[j] + epsilon);
        }
        return inverse;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int j = 0; j < doubles.length; j++) {
            doubles[j] = values[j];
        }
        return doubles;
    }
}
