package dev.rondo.tape;

import dev.rondo.tensor.Steps;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How operations of one input are put on a tape.
final class Wiring {
    private Wiring() {}

    /// An operation without parameters.
    ///
    /// @param forward fills the result
    /// @param backward is given the result's gradient and adds to that of x
    static Var unary(Var x, int rows, int columns, @Nullable Steps layout, Consumer<float[]> forward,
            BiConsumer<float[], float[]> backward) {
        Tape tape = x.tape();
        float[] y = tape.buffers().take(rows, columns);
        forward.accept(y);
        Var out = tape.result(y, rows, columns, layout, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                backward.accept(dy, dx);
            }
        });
        return out;
    }

    /// An operation that keeps rows and columns, and the mask with them.
    static Var same(Var x, Consumer<float[]> forward, BiConsumer<float[], float[]> backward) {
        return unary(x, x.rows(), x.columns(), x.layout(), forward, backward).withMask(x.mask());
    }
}
