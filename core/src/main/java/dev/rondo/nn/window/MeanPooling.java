package dev.rondo.nn.window;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Window;
import dev.rondo.op.Window.Padding;
import dev.rondo.tape.WindowOps;

/// The mean value of each feature over windows of steps: `[B, T, F]` to `[B, T', F]`.
///
/// Padding takes no part in it: it is not counted. The mask of the input is dropped, as in Keras.
///
/// @param poolSize steps of a window, at least 1, 2 by default
/// @param strides steps between two windows, at least 1, `poolSize` by default
/// @param padding valid (the default) or same
public record MeanPooling(int poolSize, int strides, Padding padding) implements Layer {
    /// @throws IllegalArgumentException if a number is less than 1, or the padding is causal
    public MeanPooling {
        Checks.positive("average_pooling1d", "poolSize", poolSize);
        Checks.positive("average_pooling1d", "strides", strides);
        if (padding == Padding.CAUSAL) {
            throw new IllegalArgumentException("average_pooling1d: padding is causal; it must be valid or same");
        }
    }

    /// A pooling over windows of that many steps, one after another.
    public static MeanPooling of(int poolSize) {
        return new MeanPooling(poolSize, poolSize, Padding.VALID);
    }

    /// This layer with strides.
    public MeanPooling strides(int strides) {
        return new MeanPooling(poolSize, strides, padding);
    }

    /// This layer with a padding.
    public MeanPooling padding(Padding padding) {
        return new MeanPooling(poolSize, strides, padding);
    }

    @Override
    public String kind() {
        return "average_pooling1d";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Window window = new Window(poolSize, strides, 1, padding);
        return new Pass(Windows.output(kind() + " \"" + name + "\"", input, window), x -> WindowOps.mean(x, window));
    }
}
