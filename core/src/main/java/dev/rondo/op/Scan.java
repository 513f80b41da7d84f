package dev.rondo.op;

import dev.rondo.tensor.Steps;
import org.jspecify.annotations.Nullable;

/// The walk of a recurrent op over a ragged batch: which step comes when, and where the previous state of each row stands.
///
/// At visit s the op computes the rows of step `step(s)`. The first `continuing(s)` of them go on from the same rows of the
/// step visited before; the others start from the initial state. Walking forward everything starts at visit 0; walking
/// backward a sequence starts at its own last step.
record Scan(Steps steps, Direction direction) {
    /// The step that is visited s-th.
    int step(int s) {
        return direction == Direction.FORWARD ? s : steps.steps() - 1 - s;
    }

    /// The rows of visit s that continue from the visit before.
    int continuing(int s) {
        return s == 0 ? 0 : Math.min(steps.rows(step(s)), steps.rows(step(s - 1)));
    }

    /// The matrix row of the previous state of the first row of visit s >= 1.
    int previous(int s) {
        return steps.offset(step(s - 1));
    }

    /// Copies for every row the state that it started from: `out` `[N, H]` from states `[N, H]` and `initial` `[B, H]` (null: zero).
    void gatherPrevious(float[] states, float @Nullable [] initial, int units, float[] out) {
        for (int s = 0; s < steps.steps(); s++) {
            int t = step(s);
            int to = steps.offset(t) * units;
            int continuing = continuing(s);
            int starting = steps.rows(t) - continuing;
            if (continuing > 0) {
                System.arraycopy(states, previous(s) * units, out, to, continuing * units);
            }
            if (starting > 0) {
                copyOrZero(initial, continuing * units, out, to + continuing * units, starting * units);
            }
        }
    }

    /// Copies the state after the last visited step of each sequence to `out` `[B, H]`; a sequence without steps keeps its
    /// initial state.
    void gatherLast(float[] states, float @Nullable [] initial, int units, float[] out) {
        int batch = steps.batch();
        int started = steps.steps() == 0 ? 0 : steps.rows(0);
        if (direction == Direction.BACKWARD) {
            System.arraycopy(states, 0, out, 0, started * units);
        } else {
            for (int t = 0; t < steps.steps(); t++) {
                int still = t + 1 < steps.steps() ? steps.rows(t + 1) : 0;
                int ending = steps.rows(t) - still;
                System.arraycopy(states, steps.row(t, still) * units, out, still * units, ending * units);
            }
        }
        copyOrZero(initial, started * units, out, started * units, (batch - started) * units);
    }

    private static void copyOrZero(float @Nullable [] from, int fromOffset, float[] to, int toOffset, int length) {
        if (from == null) {
            java.util.Arrays.fill(to, toOffset, toOffset + length, 0f);
        } else {
            System.arraycopy(from, fromOffset, to, toOffset, length);
        }
    }
}
