package dev.rondo.infer;

import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.tape.Var;
import java.util.List;

/// How a layer takes one step of a stream.
interface Streaming {
    /// What a layer remembers from step to step.
    ///
    /// @param parts arrays that are never written again
    record Memory(List<float[]> parts) {
        static final Memory NONE = new Memory(List.of());
    }

    /// What a step gives.
    record Output(Var value, Memory memory) {}

    /// Takes a step.
    ///
    /// @param x `[1, F]`
    /// @param before the layer's memory, [Memory#NONE] at the start
    /// @param steps steps that the stream had before
    Output step(Var x, Memory before, int steps);

    /// How that layer streams.
    static Streaming of(Layer layer, Module module) {
        return switch (layer) {
            case Bidirectional both -> refuse(layer);
            case RecurrentLayer recurrent when recurrent.goesBackwards() -> refuse(layer);
            case RecurrentLayer recurrent ->
                (x, before, steps) -> recur((RecurrentModule) module, recurrent.returnsSequences(), x, before);
            case GlobalMaxPooling max -> (x, before, steps) -> max(x, before);
            case GlobalMeanPooling mean -> Streaming::mean;
            default -> (x, before, steps) -> new Output(module.apply(x), Memory.NONE);
        };
    }

    private static Streaming refuse(Layer layer) {
        return (x, before, steps) -> {
            throw new IllegalStateException(
                    "a " + layer.kind() + " layer that reads sequences from their end cannot take them step by step; "
                            + "use predict with whole sequences");
        };
    }

    private static Output recur(RecurrentModule module, boolean sequences, Var x, Memory before) {
        State initial = before.parts().isEmpty() ? null : new State(before.parts().stream()
                .map(part -> x.tape().constant(part, 1, part.length, null)).toList());
        var run = module.run(x, initial, Direction.FORWARD);
        Memory after = new Memory(run.last().parts().stream().map(part -> part.tensor().data()).toList());
        return new Output(sequences ? run.outputs() : run.last().h(), after);
    }

    private static Output max(Var x, Memory before) {
        float[] max = x.tensor().data();
        if (!before.parts().isEmpty()) {
            float[] old = before.parts().getFirst();
            for (int j = 0; j < max.length; j++) {
                max[j] = max[j] > old[j] ? max[j] : old[j];
            }
        }
        return new Output(x.tape().constant(max, 1, max.length, null), new Memory(List.of(max)));
    }

    private static Output mean(Var x, Memory before, int steps) {
        float[] sum = x.tensor().data();
        if (!before.parts().isEmpty()) {
            float[] old = before.parts().getFirst();
            for (int j = 0; j < sum.length; j++) {
                sum[j] += old[j];
            }
        }
        float[] mean = sum.clone();
        float scale = 1f / (steps + 1);
        for (int j = 0; j < mean.length; j++) {
            mean[j] *= scale;
        }
        return new Output(x.tape().constant(mean, 1, mean.length, null), new Memory(List.of(sum)));
    }
}
