package dev.rondo.tape;

import dev.rondo.op.RectifierOp;

/// Rectifiers with constants of their own, on a tape; [Ops#activation] has those with the usual ones.
public final class RectifierOps {
    private RectifierOps() {}

    /// `y = min(x, max)` from the threshold on, `slope (x - threshold)` below it.
    ///
    /// @param max infinite for none
    public static Var relu(Var x, float slope, float threshold, float max) {
        int n = x.size();
        return Wiring.same(x, y -> RectifierOp.relu(n, slope, threshold, max, x.data(), y),
                (dy, dx) -> RectifierOp.reluBackward(n, slope, threshold, max, x.data(), dy, dx));
    }

    /// `y = x` above zero, else `alpha (e^x - 1)`.
    public static Var elu(Var x, float alpha) {
        int n = x.size();
        return Wiring.same(x, y -> RectifierOp.elu(n, alpha, x.data(), y),
                (dy, dx) -> RectifierOp.eluBackward(n, alpha, x.data(), dy, dx));
    }

    /// `y = x` above zero, else `alpha x`, with learned slopes.
    ///
    /// @param alpha `[width]` or `[T, width]`, where width is the columns of x or 1
    /// @throws IllegalArgumentException if there are slopes for another number of columns or steps
    public static Var prelu(Var x, Parameter alpha) {
        Tape tape = x.tape();
        int[] shape = alpha.shape();
        int width = shape[shape.length - 1];
        if (width != 1 && width != x.columns() || shape.length == 2 && shape[0] > 1
                && (!x.isSequence() || x.steps().steps() > shape[0])) {
            throw new IllegalArgumentException("p_re_lu: " + alpha + " has no slope for each element of " + x
                    + "; share the slopes over the steps (shared_axes=[1])");
        }
        int[] slopes = new int[x.rows()];
        if (shape.length == 2 && shape[0] > 1) {
            for (int t = 0; t < x.steps().steps(); t++) {
                java.util.Arrays.fill(slopes, x.steps().offset(t), x.steps().offset(t + 1), t * width);
            }
        }
        int each = width == 1 ? 0 : 1;
        float[] values = alpha.values();
        float[] y = tape.buffers().take(x.size());
        RectifierOp.prelu(x.columns(), slopes, each, values, x.data(), y);
        Var out = tape.result(y, x.rows(), x.columns(), x.layout(), true).withMask(x.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            if (dy != null) {
                RectifierOp.preluBackward(x.columns(), slopes, each, values, x.data(), dy, x.gradientToAdd(),
                        tape.gradientOf(alpha));
            }
        });
        return out;
    }
}
