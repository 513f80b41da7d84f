package dev.rondo.testkit.golden;

import dev.rondo.nn.GivenWeights;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.testkit.Golden;
import dev.rondo.testkit.golden.LayerCase.Network;
import dev.rondo.testkit.golden.LayerCase.Result;
import dev.rondo.testkit.golden.LayerCase.States;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every layer case of Keras: outputs, last states, and the gradients of inputs, initial states and weights.
class KerasLayerTest {
    private static final String NAME = "layer";

    static List<Golden> cases() {
        return Cases.tested("keras", "layer");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void computesWhatKerasDoes(Golden golden) {
        Node node = Node.of(golden.text("layer"));
        Layer layer = KerasLayers.of(node);
        boolean backwardsSequence = layer instanceof RecurrentLayer r && r.goesBackwards() && r.returnsSequences();
        LayerCase layerCase = new LayerCase(golden, backwardsSequence);
        GivenWeights weights = new GivenWeights(KerasLayers.weights(golden, "w.", NAME + "/"));
        Network network = node.flag("return_state")
                ? new Stateful(KerasLayers.recurrent(node).build(NAME, layerCase.signature(), weights))
                : new Plain(layer.build(NAME, layerCase.signature(), weights));
        weights.requireNoneLeft();
        layerCase.compareInference(network);
        // Dropout was recorded at inference, where it is the identity and Rondo records nothing.
        if (!node.className().equals("Dropout")) {
            layerCase.compare(network, KerasLayers.weights(golden, "g.", NAME + "/"));
        }
    }

    private record Plain(Module module) implements Network {
        @Override
        public List<Parameter> parameters() {
            return module.parameters();
        }

        @Override
        public Result run(Var input, @Nullable States initial) {
            return new Result(module.apply(input), null);
        }
    }

    /// A layer that starts from a given state and gives its last one.
    private record Stateful(RecurrentModule module) implements Network {
        @Override
        public List<Parameter> parameters() {
            return module.parameters();
        }

        @Override
        public Result run(Var input, @Nullable States initial) {
            RecurrentLayer layer = module.layer();
            State start = null;
            if (initial != null) {
                List<Var> parts = new ArrayList<>(initial.h());
                parts.addAll(initial.c());
                start = new State(parts);
            }
            var run = module.run(input, start, layer.goesBackwards() ? Direction.BACKWARD : Direction.FORWARD);
            State last = run.last();
            States states = new States(List.of(last.h()), last.parts().size() > 1 ? List.of(last.c()) : List.of());
            if (!layer.returnsSequences()) {
                return new Result(last.h(), states);
            }
            return new Result(layer.goesBackwards() ? Ops.reverse(run.outputs()) : run.outputs(), states);
        }
    }
}
