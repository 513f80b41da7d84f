package dev.rondo.tape;

import dev.rondo.op.Weight;
import dev.rondo.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An array of a model: a name, a shape and values, no gradient.
///
/// It is trained, unless it is frozen or is a layer's state (such as a moving mean): then it has no gradient and no optimizer touches it.
///
/// Any number of threads may read it while nobody writes; writing ([#set], an optimizer's step) needs the only access.
public final class Parameter {
    private final String name;
    private final int[] shape;
    private final Weight weight;
    private final boolean state;
    private boolean frozen;
    private @Nullable Pending pending;

    /// Updates of rows that an optimizer has put off until the rows are read.
    public interface Pending {
        /// Brings the rows of these ids up to date.
        void settle(int[] ids, int count);

        /// Brings all rows up to date.
        void settleAll();
    }

    /// @param name such as `lstm/kernel`, unique within a model
    /// @param values the initial values; kept, not copied
    public Parameter(String name, Tensor values) {
        this.name = name;
        shape = values.shape();
        int columns = shape.length == 0 ? 1 : shape[shape.length - 1];
        weight = new Weight(values.data(), columns == 0 ? 0 : values.size() / columns, columns);
        state = false;
    }

    private Parameter(Parameter of) {
        name = of.name;
        shape = of.shape;
        weight = of.weight;
        state = true;
    }

    /// The same array as a layer's state, which is never trained.
    public Parameter asState() {
        return new Parameter(this);
    }

    /// Whether this is a layer's state, which the layer itself changes in training.
    public boolean isState() {
        return state;
    }

    /// Whether training changes this: neither state nor frozen.
    public boolean isTrainable() {
        return !state && !frozen;
    }

    /// Whether training leaves this alone although it is no state.
    public boolean isFrozen() {
        return frozen;
    }

    /// Freezes this, so that training leaves every bit of it alone, or lets it be trained again. Has an effect on tapes and runs that
    /// begin afterwards.
    public void freeze(boolean frozen) {
        this.frozen = frozen;
    }

    /// The name, such as `lstm/kernel`.
    public String name() {
        return name;
    }

    /// A copy of the shape.
    public int[] shape() {
        return shape.clone();
    }

    /// The number of values.
    public int size() {
        return weight.values().length;
    }

    /// The live values, all up to date. Whoever writes them calls [#changed].
    public float[] values() {
        settleAll();
        return weight.values();
    }

    /// The values as a matrix whose columns are the last axis, all up to date.
    public Weight weight() {
        settleAll();
        return weight;
    }

    /// The values as a matrix of which only the rows of these ids are surely up to date: for looking rows up.
    public Weight rows(int[] ids, int count) {
        Pending updates = pending;
        if (updates != null) {
            updates.settle(ids, count);
        }
        return weight;
    }

    /// The values as an optimizer sees them, put-off updates and all.
    public Weight raw() {
        return weight;
    }

    /// A copy of the values with their shape.
    public Tensor tensor() {
        return Tensor.of(values().clone(), shape);
    }

    /// Replaces the values.
    ///
    /// @throws IllegalArgumentException if the shape differs
    public void set(Tensor values) {
        check(values);
        settleAll();
        System.arraycopy(values.data(), 0, weight.values(), 0, values.size());
        changed();
    }

    /// Throws unless values can be [#set].
    ///
    /// @throws IllegalArgumentException if the shape differs
    public void check(Tensor values) {
        if (!Arrays.equals(values.shape(), shape)) {
            throw new IllegalArgumentException(
                    "parameter \"" + name + "\" has shape " + Arrays.toString(shape) + ", not "
                            + Arrays.toString(values.shape()) + "; do the weights belong to another model?");
        }
    }

    /// Says that the values were written.
    public void changed() {
        weight.changed();
    }

    /// Attaches the put-off updates of an optimizer, or detaches them (null). Those of another optimizer are settled first;
    /// attaching what is attached already does nothing.
    public void defer(@Nullable Pending updates) {
        if (updates != pending) {
            settleAll();
            pending = updates;
        }
    }

    private void settleAll() {
        Pending updates = pending;
        if (updates != null) {
            updates.settleAll();
        }
    }

    @Override
    public String toString() {
        return name + " " + Arrays.toString(shape);
    }
}
