package dev.rondo.tape;

import dev.rondo.tensor.Compaction;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Operations that pay no heed to masks, on sequences that are filled up because their batch is sorted by the lengths of others.
final class Filling {
    private Filling() {}

    /// Applies an operation to the steps that are there: sequences of their own lengths, sorted again. A sequence that comes out is put
    /// back to the order of the batch, filled up where it must be.
    ///
    /// @param operation gives sequences, or a row for each sequence
    static Var without(Var x, UnaryOperator<Var> operation) {
        Mask there = there(x);
        if (there == null) {
            return operation.apply(x);
        }
        Compaction real = there.compaction();
        Var y = operation.apply(Ops.pick(x, real.rows(), real.steps()));
        if (!y.isSequence()) {
            return Ops.pick(y, real.places(), null);
        }
        int[] places = real.places();
        int[] lengths = new int[places.length];
        for (int b = 0; b < lengths.length; b++) {
            lengths[b] = y.steps().length(places[b]);
        }
        Steps layout = Steps.filled(lengths);
        int[] from = new int[layout.total()];
        for (int t = 0; t < layout.steps(); t++) {
            for (int b = 0; b < layout.rows(t); b++) {
                from[layout.row(t, b)] = t < lengths[b] ? y.steps().row(t, places[b]) : -1;
            }
        }
        return Ops.pick(y, from, layout).withMask(Mask.filling(layout, lengths));
    }

    /// The mask of the steps that are there, null if all are.
    static @Nullable Mask there(Var x) {
        Mask mask = x.mask();
        return mask == null ? null : mask.there();
    }
}
