package dev.rondo.interop.keras;

import dev.rondo.nn.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The order in which Keras lists the layers of a functional model, by which it also numbers their groups in files: those farthest from
/// the outputs first, and among equals those that a walk back from the outputs meets first.
final class KerasOrder {
    private final Plan plan;
    private final int inputs;
    /// Values in the order in which a walk back from the outputs leaves them.
    private final List<Integer> walked = new ArrayList<>();
    private final Set<Integer> met = new HashSet<>();
    /// For each operation met, the how-manieth it was.
    private final Map<Integer, Integer> firstMet = new HashMap<>();

    private KerasOrder(Plan plan) {
        this.plan = plan;
        inputs = plan.inputs().size();
    }

    /// The operations that the outputs depend on: an input by its number less the number of inputs, which is negative, a layer by its
    /// own. Inputs that nothing depends on come last.
    static List<Integer> of(Plan plan) {
        return new KerasOrder(plan).order();
    }

    /// Whether the outputs depend on a call.
    static Set<Integer> usedCalls(Plan plan) {
        KerasOrder order = new KerasOrder(plan);
        plan.outputs().forEach(port -> order.walk(port.value()));
        Set<Integer> calls = new HashSet<>();
        order.met.forEach(value -> calls.add(value - order.inputs));
        return calls;
    }

    private List<Integer> order() {
        plan.outputs().forEach(port -> walk(port.value()));
        Map<Integer, Integer> depths = new HashMap<>();
        Map<Integer, Integer> operationDepths = new HashMap<>();
        for (int value : walked.reversed()) {
            int depth = Math.max(depths.getOrDefault(value, 0), operationDepths.getOrDefault(operation(value), 0));
            operationDepths.put(operation(value), depth);
            for (Plan.Port port : before(value)) {
                depths.merge(port.value(), depth + 1, Math::max);
            }
        }
        List<Integer> operations = new ArrayList<>(operationDepths.keySet());
        for (int input = 0; input < inputs; input++) {
            if (!operationDepths.containsKey(input - inputs)) {
                operationDepths.put(input - inputs, 0);
                firstMet.put(input - inputs, -1);
                operations.add(input - inputs);
            }
        }
        operations.sort(Comparator.comparing((Integer operation) -> -operationDepths.getOrDefault(operation, 0))
                .thenComparing(operation -> firstMet.getOrDefault(operation, 0)));
        return operations;
    }

    private int operation(int value) {
        return value < inputs ? value - inputs : plan.calls().get(value - inputs).layer();
    }

    private List<Plan.Port> before(int value) {
        return value < inputs ? List.of() : plan.calls().get(value - inputs).inputs();
    }

    private void walk(int value) {
        if (!met.add(value)) {
            return;
        }
        firstMet.putIfAbsent(operation(value), firstMet.size());
        before(value).forEach(port -> walk(port.value()));
        walked.add(value);
    }
}
