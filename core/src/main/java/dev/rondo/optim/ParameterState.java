package dev.rondo.optim;

import dev.rondo.op.RowGradient;
import dev.rondo.tape.Gradient;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an optimizer keeps beside one parameter.
final class ParameterState {
    /// Elements of a parameter that one part of a step changes: enough work for a thread, little enough to share out.
    private static final int PART = 1 << 16;

    private final Parameter parameter;
    private final Rule rule;
    private final float[][] slots;
    /// Whether slots were written other than through the table.
    private boolean written;
    /// Present from the first gradient by rows on.
    private @Nullable Table table;

    ParameterState(Parameter parameter, Rule rule) {
        this.parameter = parameter;
        this.rule = rule;
        slots = new float[rule.slots().size()][parameter.size()];
    }

    /// Begins a step and adds its independent parts.
    void begin(Gradient gradient, Rule.Update update, double learningRate, long step, List<Runnable> parts) {
        switch (gradient) {
            case Gradient.Dense(float[] values, int size) -> beginDense(values, size, update, parts);
            case Gradient.Rows(var rows) -> beginRows(rows, update, learningRate, step, parts);
        }
    }

    private void beginDense(float[] gradient, int size, Rule.Update update, List<Runnable> parts) {
        float[] w = parameter.values();
        settle();
        markWritten();
        for (int from = 0; from < size; from += PART) {
            int at = from;
            int n = Math.min(PART, size - from);
            parts.add(() -> {
                update.apply(n, w, at, gradient, at, slots);
                parameter.changed();
            });
        }
    }

    private void beginRows(RowGradient gradient, Rule.Update update, double learningRate, long step,
            List<Runnable> parts) {
        Table rows = table;
        if (rows == null) {
            rows = new Table(parameter, rule.rest(), slots);
            table = rows;
            if (written) {
                rows.written();
            }
        }
        // Another optimizer may have taken the parameter over since the last step.
        parameter.defer(rows.movesWeights() ? rows : null);
        rows.begin(learningRate, step);
        Table stepped = rows;
        int rowsInPart = Math.max(1, PART / Math.max(1, gradient.width()));
        for (int from = 0; from < gradient.count(); from += rowsInPart) {
            int first = from;
            int last = Math.min(gradient.count(), from + rowsInPart);
            parts.add(() -> stepped.step(gradient, first, last, update));
        }
    }

    /// Brings all rows up to date.
    void settle() {
        if (table != null) {
            table.settleAll();
        }
    }

    /// Brings all rows up to date and leaves the parameter to others.
    void release() {
        settle();
        if (table != null && table.movesWeights()) {
            parameter.defer(null);
        }
    }

    /// Puts copies of the slots, by parameter and slot name, into a map.
    void save(Map<String, Tensor> into) {
        for (int i = 0; i < slots.length; i++) {
            into.put(key(i), Tensor.of(slots[i].clone(), parameter.shape()));
        }
    }

    /// @throws IllegalArgumentException if a slot is missing or has another shape
    void check(Map<String, Tensor> saved) {
        for (int i = 0; i < slots.length; i++) {
            Tensor tensor = saved.get(key(i));
            if (tensor == null) {
                throw new IllegalArgumentException("no slot \"" + key(i) + "\" in " + saved.keySet()
                        + "; was the state saved by another optimizer or for another model?");
            }
            if (!Arrays.equals(tensor.shape(), parameter.shape())) {
                throw new IllegalArgumentException(
                        "slot \"" + key(i) + "\" has shape " + Arrays.toString(tensor.shape())
                                + ", expected " + Arrays.toString(parameter.shape())
                                + "; was the state saved for another model?");
            }
        }
    }

    /// Replaces the slots.
    void restore(Map<String, Tensor> saved) {
        settle();
        for (int i = 0; i < slots.length; i++) {
            System.arraycopy(saved.get(key(i)).data(), 0, slots[i], 0, slots[i].length);
        }
        markWritten();
    }

    private void markWritten() {
        written = true;
        if (table != null) {
            table.written();
        }
    }

    private String key(int slot) {
        return parameter.name() + "/" + rule.slots().get(slot);
    }
}
