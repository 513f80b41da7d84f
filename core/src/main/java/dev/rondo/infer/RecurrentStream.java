package dev.rondo.infer;

import dev.rondo.infer.Signal.Flow;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.op.CellStep;
import dev.rondo.op.Rollout;
import dev.rondo.op.Weight;
import dev.rondo.tape.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A recurrent layer in a stream: carries h, and c where there is one.
final class RecurrentStream implements Streaming {
    private final CellStep cell;
    private final Signal input;
    /// What the state starts from; empty for zero.
    private final List<Signal> initial;
    private final boolean takesMasked;
    private final List<Signal> outputs;
    private final float[][] state;
    private final float[] z;
    private final float[] room;
    /// Whether a step that does not count gives zero instead of the output before.
    private final boolean zeroes;
    /// Whether the output is other than h: where it is zero before the first step that counts, or at each that does not.
    private final boolean copies;
    private boolean started;
    /// Input parts of steps to come, made together; empty unless [#ahead] was asked for.
    private float[] block = {};
    /// How many steps the block is for, and which of them comes next; the two are equal where none are left.
    private int prepared;
    private int next;

    RecurrentStream(RecurrentModule module, CellStep cell, Signal input, List<Signal> initial) {
        this.input = input;
        this.cell = cell;
        this.initial = List.copyOf(initial);
        state = new float[cell.parts()][cell.units()];
        z = new float[cell.width()];
        room = new float[cell.room()];
        takesMasked = !initial.isEmpty() && !module.layer().options().masksGivenState();
        zeroes = module.layer().options().zeroOutputForMask() && input.real() != null;
        copies = zeroes || !initial.isEmpty();
        float[] h = copies ? new float[cell.units()] : state[0];
        boolean sequences = module.layer().returnsSequences();
        List<Signal> gives = new ArrayList<>();
        gives.add(new Signal(sequences ? Flow.STEP : Flow.SO_FAR, h, null, null, sequences ? input.real() : null));
        if (module.layer().returnsState()) {
            Arrays.stream(state).forEach(part -> gives.add(new Signal(Flow.SO_FAR, part)));
        }
        outputs = List.copyOf(gives);
    }

    @Override
    public void step(int before) {
        if (!started) {
            for (int part = 0; part < initial.size(); part++) {
                System.arraycopy(initial.get(part).values(), 0, state[part], 0, cell.units());
            }
        }
        if (isTaken()) {
            advance();
        }
        if (copies && isTaken()) {
            System.arraycopy(state[0], 0, output().values(), 0, cell.units());
        } else if (zeroes) {
            Arrays.fill(output().values(), 0f);
        }
        next = Math.min(next + 1, prepared);
    }

    /// Makes the input parts of steps to come ready together, where none are: from a table of them, or else in one product.
    ///
    /// @param x rows of the input
    /// @param tokens the token of each row, where the input has tokens
    /// @param from the row of the next step
    /// @param count the number of rows that are there, of which at most as many as pay are used
    void ahead(Kernels kernels, float[] x, int[] tokens, int from, int count) {
        if (next < prepared) {
            return;
        }
        next = 0;
        prepared = Math.min(count, Rollout.AHEAD);
        int width = cell.width();
        if (block.length < prepared * width) {
            block = new float[Rollout.AHEAD * width];
        }
        Parameter table = input.table();
        float[] gates = gatesOfTokens(kernels, prepared);
        Rollout.Input rows = table == null || gates == null ? Rollout.of(kernels, x, cell)
                : Rollout.of(tokens, table.weight(), gates, cell);
        rows.rows(from, prepared, block);
    }

    /// Whether the present step is run: masked ones are too where the layer is told so and has a state to start from.
    private boolean isTaken() {
        return input.isReal() || takesMasked;
    }

    private void advance() {
        Kernels kernels = Kernels.best();
        if (next < prepared) {
            advance(kernels, block, next * cell.width());
            return;
        }
        float @Nullable [] gates = gatesOfTokens(kernels, 1);
        if (gates == null) {
            Rollout.inputPart(kernels, input.values(), cell, z);
        } else {
            int width = cell.width();
            System.arraycopy(gates, input.token()[0] * width, z, 0, width);
        }
        advance(kernels, z, 0);
    }

    private void advance(Kernels kernels, float[] z, int zo) {
        cell.step(kernels, 1, started || !initial.isEmpty() ? 1 : 0, z, zo, state, room);
        started = true;
    }

    /// The input parts of all tokens, or null if the input is no token or the table is not made.
    ///
    /// @param lookups the number of tokens to be looked up now
    private float @Nullable [] gatesOfTokens(Kernels kernels, int lookups) {
        Parameter table = input.table();
        if (table == null || !cell.kernel().products().fits(table.raw())) {
            return null;
        }
        Weight rows = table.weight();
        return cell.kernel().products().get(kernels, rows, cell.bias(), lookups);
    }

    @Override
    public Signal output() {
        return outputs.getFirst();
    }

    @Override
    public List<Signal> outputs() {
        return outputs;
    }

    @Override
    public Memory save() {
        return started ? new Memory(Arrays.stream(state).map(float[]::clone).toList()) : Memory.NONE;
    }

    @Override
    public void restore(Memory memory) {
        List<float[]> parts = memory.parts();
        prepared = 0;
        next = 0;
        started = !parts.isEmpty();
        if (started && (parts.size() != state.length || parts.getFirst().length != cell.units())) {
            throw new IllegalArgumentException("the state of a recurrent layer has " + parts.size() + " x "
                    + parts.getFirst().length + " numbers, but the model's layer has " + state.length + " x "
                    + cell.units() + "; is it the state of another model?");
        }
        for (int part = 0; part < state.length; part++) {
            if (started) {
                System.arraycopy(parts.get(part), 0, state[part], 0, cell.units());
            } else {
                Arrays.fill(state[part], 0f);
            }
        }
        if (copies) {
            System.arraycopy(state[0], 0, output().values(), 0, cell.units());
        }
    }
}
