package dev.rondo.nn.window;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.op.Window;
import dev.rondo.op.Window.Padding;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tape.WindowOps;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A convolution over time: `[B, T, F]` to `[B, T', filters]`.
///
/// ```text
/// y[t] = a(sum over i of x[t * strides - left + i * dilation] * W_i + b)        W [kernelSize, F / groups, filters]
/// ```
///
/// Each sequence of a ragged batch ends at its own last step. The mask of the input is dropped, as in Keras.
///
/// @param filters number of outputs, at least 1
/// @param kernelSize steps that an output sees, at least 1
/// @param strides steps between two outputs, at least 1, 1 by default
/// @param padding what happens at the ends, valid by default
/// @param dilation steps between two steps that an output sees, at least 1, 1 by default
/// @param groups in how many groups features and filters are cut, each seeing its own only; 1 by default
/// @param activation the function a, linear by default
/// @param useBias whether there is a b, true by default
public record Conv1d(int filters, int kernelSize, int strides, Padding padding, int dilation, int groups,
        Activation activation, boolean useBias) implements Layer {
    /// @throws IllegalArgumentException if a number is less than 1, strides and dilation are both above 1, or the filters cannot be
    ///         cut into groups
    public Conv1d {
        Checks.positive("conv1d", "filters", filters);
        Checks.positive("conv1d", "kernelSize", kernelSize);
        Checks.positive("conv1d", "strides", strides);
        Checks.positive("conv1d", "dilation", dilation);
        Checks.positive("conv1d", "groups", groups);
        if (strides > 1 && dilation > 1) {
            throw new IllegalArgumentException("conv1d: strides is " + strides + " and dilation " + dilation
                    + "; one of them must be 1");
        }
        if (filters % groups != 0) {
            throw new IllegalArgumentException("conv1d: " + filters + " filters cannot be cut into " + groups
                    + " groups; use a multiple");
        }
    }

    /// A convolution with that many filters over that many steps.
    public static Conv1d of(int filters, int kernelSize) {
        return new Conv1d(filters, kernelSize, 1, Padding.VALID, 1, 1, Activation.LINEAR, true);
    }

    /// This layer with strides.
    public Conv1d strides(int strides) {
        return new Conv1d(filters, kernelSize, strides, padding, dilation, groups, activation, useBias);
    }

    /// This layer with a padding.
    public Conv1d padding(Padding padding) {
        return new Conv1d(filters, kernelSize, strides, padding, dilation, groups, activation, useBias);
    }

    /// This layer with a dilation.
    public Conv1d dilation(int dilation) {
        return new Conv1d(filters, kernelSize, strides, padding, dilation, groups, activation, useBias);
    }

    /// This layer in groups.
    public Conv1d groups(int groups) {
        return new Conv1d(filters, kernelSize, strides, padding, dilation, groups, activation, useBias);
    }

    /// This layer with an activation.
    public Conv1d activation(Activation activation) {
        return new Conv1d(filters, kernelSize, strides, padding, dilation, groups, activation, useBias);
    }

    /// This layer without bias.
    public Conv1d withoutBias() {
        return new Conv1d(filters, kernelSize, strides, padding, dilation, groups, activation, false);
    }

    @Override
    public String kind() {
        return "conv1d";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Window window = new Window(kernelSize, strides, dilation, padding);
        Signature output = Windows.output(kind() + " \"" + name + "\"", input, window)
                .features(activation.columns(filters));
        if (input.features() % groups != 0) {
            throw new IllegalArgumentException("conv1d \"" + name + "\": the " + input.features()
                    + " features of its input cannot be cut into " + groups + " groups");
        }
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), kernelSize,
                input.features() / groups, filters);
        Parameter bias = useBias ? weights.parameter(name + "/bias", Initializer.zeros(), filters) : null;
        return new Filters(kernel, bias, window, groups, activation, output);
    }

    private record Filters(Parameter kernel, @Nullable Parameter bias, Window window, int groups, Activation activation,
            Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return Stream.of(kernel, bias).filter(java.util.Objects::nonNull).toList();
        }

        @Override
        public Var apply(Var input) {
            Var y = groups == 1 ? WindowOps.convolution(input, window, kernel, bias)
                    : WindowOps.convolution(input, window, groups, kernel, bias);
            return Ops.activation(y, activation);
        }
    }
}
