package dev.rondo.infer;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Module;
import dev.rondo.op.Activation;
import dev.rondo.op.ActivationOp;
import dev.rondo.op.AffineOp;
import dev.rondo.tape.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A dense layer in a stream.
final class DenseStream implements Streaming {
    private final Activation activation;
    private final Parameter kernel;
    private final @Nullable Parameter bias;
    private final float[] x;
    private final float[] sum;
    private final Signal output;

    DenseStream(Dense layer, Module module, Signal input) {
        List<Parameter> weights = module.parameters();
        kernel = weights.getFirst();
        bias = layer.useBias() ? weights.getLast() : null;
        activation = layer.activation();
        x = input.values();
        sum = new float[layer.units()];
        output = new Signal(input.flow(),
                activation == Activation.LINEAR ? sum : new float[module.output().features()], null, null,
                input.real());
    }

    @Override
    public void step(int before) {
        Kernels kernels = Kernels.best();
        AffineOp.forward(kernels, 1, x, kernel.weight(), bias == null ? null : bias.values(), sum);
        if (output.values() != sum) {
            ActivationOp.apply(kernels, activation, 1, sum.length, sum, output.values());
        }
    }

    @Override
    public Signal output() {
        return output;
    }
}
