package dev.rondo.interop.keras;

import dev.rondo.nn.Embedding;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Module;
import dev.rondo.nn.Plan;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Where the masks of a graph go, to find what Keras would compute otherwise.
final class MaskFlow {
    private MaskFlow() {}

    /// Requires that no layer skips masked steps although it is given a state: layers of Keras 3 take all steps then.
    ///
    /// @throws IllegalArgumentException if one does; the message names it
    static void requireAsKeras(Graph model) {
        outputs(model, Collections.nCopies(model.plan().inputs().size(), false));
    }

    /// Which outputs of a graph may have a mask, given which inputs have one.
    private static List<Boolean> outputs(Graph model, List<Boolean> inputs) {
        Plan plan = model.plan();
        List<List<Boolean>> masked = new ArrayList<>();
        inputs.forEach(input -> masked.add(List.of(input)));
        for (int call = 0; call < plan.calls().size(); call++) {
            Plan.Named named = plan.layers().get(plan.calls().get(call).layer());
            List<Boolean> given = pick(masked, plan.calls().get(call).inputs());
            if (given.size() > 1 && given.getFirst() && skips(named.layer())) {
                throw new IllegalArgumentException("layer \"" + named.name()
                        + "\" skips masked steps although it is given "
                        + "an initial state, but Keras 3 takes all steps then; export to ONNX, or build the model with "
                        + "RecurrentOptions.withoutMaskingGivenState()");
            }
            masked.add(after(named.layer(), model.modules().get(call), given));
        }
        return pick(masked, plan.outputs());
    }

    private static List<Boolean> pick(List<List<Boolean>> masked, List<Plan.Port> ports) {
        return ports.stream().map(port -> masked.get(port.value()).get(port.output())).toList();
    }

    private static List<Boolean> after(Layer layer, Module module, List<Boolean> given) {
        if (module instanceof Graph nested) {
            return outputs(nested, given);
        }
        boolean any = switch (layer) {
            case Embedding table -> table.masksZero();
            case Masking _ -> true;
            case RecurrentLayer _,Bidirectional _ -> given.getFirst();
            default -> given.contains(true);
        };
        return module.outputs().stream().map(output -> any && output.isSequence()).toList();
    }

    private static boolean skips(Layer layer) {
        return switch (layer) {
            case RecurrentLayer rnn -> rnn.options().masksGivenState();
            case Bidirectional both -> both.layer().options().masksGivenState()
                    || both.backward().options().masksGivenState();
            default -> false;
        };
    }
}
