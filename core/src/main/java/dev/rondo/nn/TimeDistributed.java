package dev.rondo.nn;

/// Applies a layer to every step of a sequence by itself: `[B, T, F]` to `[B, T, units]`.
///
/// Rows are steps in Rondo, so a [Dense] or a [Dropout] already works so; this wrapper makes it explicit and refuses layers that
/// mix steps.
///
/// @param layer what to apply, such as a dense or a dropout layer
public record TimeDistributed(Layer layer) implements Layer {
    /// @throws IllegalArgumentException if the layer needs whole sequences
    public TimeDistributed {
        if (!layer.ofEachStep().isStepwise()) {
            throw new IllegalArgumentException("time_distributed takes a layer that works step by step, not "
                    + layer.kind() + ", which needs whole sequences");
        }
    }

    /// The layer, applied to every step.
    public static TimeDistributed of(Layer layer) {
        return new TimeDistributed(layer);
    }

    @Override
    public String kind() {
        return "time_distributed";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence("time_distributed \"" + name + "\"", input);
        return layer.ofEachStep().build(name, input, weights);
    }
}
