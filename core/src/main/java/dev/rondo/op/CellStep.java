package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/// A recurrent cell in use: one time step of some sequences, of which nothing is kept but the new state.
///
/// The arithmetic is that of the forward op, operation by operation, so that the bits are the same. Holds the weights and no
/// scratch memory: any number of threads may share one while nobody writes the weights.
public sealed interface CellStep permits LstmOp.Weights, GruOp.Weights, GruResetBeforeOp.Weights, SimpleRnnOp.Weights {
    /// The input weights W `[F, width]`.
    Weight kernel();

    /// The recurrent weights R `[H, width]`.
    Weight recurrent();

    /// The bias of the input part b `[width]`, or null.
    float @Nullable [] bias();

    /// The number of units, H.
    default int units() {
        return recurrent().rows();
    }

    /// The number of pre-activations: H for each gate.
    default int width() {
        return kernel().columns();
    }

    /// The number of arrays of the state: h, then c where there is one.
    int parts();

    /// The floats of scratch memory that a row takes.
    int room();

    /// Takes the state of `rows` sequences a step further.
    ///
    /// @param continuing the rows, from the first on, whose state need not be zero
    /// @param z `x_t W + b` `[rows, width]` from `zo` on; overwritten
    /// @param state h, then c where there is one, `[rows, H]` each: the state before, and afterwards the one after
    /// @param room scratch memory of at least `rows * room()` floats
    void step(Kernels k, int rows, int continuing, float[] z, int zo, float[][] state, float[] room);
}
