package dev.rondo.testkit.golden;

import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import dev.rondo.testkit.golden.LayerCase.Network;
import dev.rondo.testkit.golden.LayerCase.Result;
import dev.rondo.testkit.golden.LayerCase.States;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every layer case of torch: its modules of one or two layers, one-way or bidirectional, on packed batches or not.
class TorchLayerTest {
    static List<Golden> cases() {
        return Cases.tested("torch", "layer");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void computesWhatTorchDoes(Golden golden) {
        Node node = Node.of(golden.text("layer"));
        int directions = node.flag("bidirectional") ? 2 : 1;
        int features = node.count("input_size");
        List<RecurrentModule> cells = new ArrayList<>();
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        for (int layer = 0; layer < node.count("num_layers"); layer++) {
            for (int direction = 0; direction < directions; direction++) {
                TorchCell cell = new TorchCell(node, "_l" + layer + (direction == 0 ? "" : "_reverse"));
                cells.add(cell.build(golden, features));
                gradients.putAll(cell.weights(golden, "g.", cell.name() + "/", Matrices::same));
            }
            features = directions * node.count("hidden_size");
        }
        LayerCase layerCase = new LayerCase(golden, false);
        Stack stack = new Stack(cells, directions);
        layerCase.compareInference(stack);
        layerCase.compare(stack, gradients);
    }

    /// Layers one after the other, each of one or two directions whose outputs stand side by side.
    ///
    /// @param cells first layer forward, first layer backward, second layer forward, ...
    private record Stack(List<RecurrentModule> cells, int directions) implements Network {
        @Override
        public List<Parameter> parameters() {
            return cells.stream().flatMap(cell -> cell.parameters().stream()).toList();
        }

        @Override
        public Result run(Var input, @Nullable States initial) {
            States last = new States(new ArrayList<>(), new ArrayList<>());
            Var flowing = input;
            for (int i = 0; i < cells.size(); i += directions) {
                Var outputs = run(i, flowing, Direction.FORWARD, initial, last);
                flowing = directions == 1 ? outputs
                        : Ops.concat(outputs, run(i + 1, flowing, Direction.BACKWARD, initial, last));
            }
            return new Result(flowing, last);
        }

        private Var run(int cell, Var input, Direction direction, @Nullable States initial, States last) {
            State start = null;
            if (initial != null) {
                Var h = initial.h().get(cell);
                start = new State(initial.c().isEmpty() ? List.of(h) : List.of(h, initial.c().get(cell)));
            }
            var run = cells.get(cell).run(input, start, direction);
            last.h().add(run.last().h());
            if (run.last().parts().size() > 1) {
                last.c().add(run.last().c());
            }
            return run.outputs();
        }
    }
}
