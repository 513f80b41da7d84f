package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Recurrent layers as ONNX's operators RNN, GRU and LSTM, with layout 0.
///
/// A masked sequence is moved together, run, and spread again, as Rondo does it: ONNX knows lengths only.
record OnnxRecurrent(OnnxGraph graph, OnnxWeights weights) {
    /// Of Keras's gates i f c o, those that ONNX has: i o f c.
    private static final int[] LSTM_GATES = {0, 3, 1, 2};
    private static final int[] GRU_GATES = {0, 1, 2};

    /// What a run gives.
    ///
    /// @param outputs the outputs of all steps at their places, `[T, B, H]`
    /// @param last the parts of the last state, `[B, H]` each
    record Run(String outputs, List<String> last) {}

    /// A masked sequence moved together.
    ///
    /// @param x the steps that count, then others
    /// @param lengths how many count, int64 `[B]`
    private record Packed(String x, String lengths) {}

    /// All outputs of a layer that does not go on from the state of a call before.
    List<Flow> outputs(String name, RecurrentLayer layer, Flow x, Run run, Direction direction) {
        String last = run.last().get(layer.outputPart());
        return outputs(layer, x, run, x.mask() == null || layer.returnsSequences() ? last
                : lastGiven(name, layer, x, x.mask(), last, direction));
    }

    /// All outputs of a layer after a run; outputs of every step stand at the place of that step.
    ///
    /// @param last the output of the step visited last
    List<Flow> outputs(RecurrentLayer layer, Flow x, Run run, String last) {
        List<Flow> outputs = new ArrayList<>();
        if (layer.returnsSequences()) {
            outputs.add(x.with(run.outputs(), x.signature().features(layer.width())));
        } else {
            outputs.add(Flow.vector(last, layer.width()));
        }
        if (layer.returnsState()) {
            for (int part = 0; part < run.last().size(); part++) {
                outputs.add(Flow.vector(run.last().get(part), layer.stateSizes().get(part)));
            }
        }
        return outputs;
    }

    /// The output of the step visited last, which under a mask is a repeated one or zero.
    private String lastGiven(String name, RecurrentLayer layer, Flow x, String mask, String last,
            Direction direction) {
        String given;
        if (layer.options().zeroOutputForMask()) {
            given = graph.once("ends " + direction + mask, () -> lastCounts(x, mask, direction));
        } else {
            given = graph.once("any " + mask,
                    () -> graph.add("shape", "Greater", List.of(real(mask), graph.whole(0))));
        }
        return graph.add(name, "Where", List.of(graph.add(name, "Unsqueeze", List.of(given, graph.vector(1))), last,
                graph.number(0)));
    }

    /// Whether the step visited last counts, bool `[B]`.
    private String lastCounts(Flow x, String mask, Direction direction) {
        String end = direction == Direction.BACKWARD ? graph.whole(0)
                : graph.add("shape", "Sub", List.of(x.lengths() == null ? x.size(graph, 0) : x.lengths(),
                        graph.whole(1)));
        String there = graph.add("shape", "And", List.of(mask,
                graph.add("shape", "Equal", List.of(x.stepNumbers(graph), end))));
        return graph.add("shape", "Greater", List.of(graph.add("shape", "ReduceSum", List.of(asWhole(there),
                graph.vector(0)), attribute("keepdims", 0)), graph.whole(0)));
    }

    /// How many steps of each sequence count, int64 `[B]`.
    private String real(String mask) {
        return graph.once("lengths " + mask, () -> graph.add("shape", "ReduceSum",
                List.of(asWhole(mask), graph.vector(0)), attribute("keepdims", 0)));
    }

    /// Runs a layer over a sequence.
    ///
    /// @param name the layer's name, with which its weights' names begin
    /// @param initial the parts of the state to start from, `[B, H]` each, empty for zero
    Run run(String name, RecurrentLayer layer, Flow x, List<String> initial, Direction direction) {
        if (x.mask() == null) {
            return cells(name, layer, x.name(), x.lengths(), initial, direction);
        }
        Packed packed = pack(name, x, x.mask());
        Run run = cells(name, layer, packed.x(), packed.lengths(), initial, direction);
        return new Run(spread(name, layer, run.outputs(), x, x.mask(), packed.lengths(), direction), run.last());
    }

    /// Runs a layer that goes on from a state: under a mask its outputs go on as well.
    Run goOn(String name, RecurrentLayer layer, Flow x, List<String> state) {
        Run run = run(name, layer, x, state, Direction.FORWARD);
        if (x.mask() == null || layer.options().zeroOutputForMask()) {
            return run;
        }
        String started = graph.once("started " + x.mask(), () -> graph.add("shape", "Unsqueeze",
                List.of(there(x.mask(), Direction.FORWARD, OnnxGraph.NONE), graph.vector(2))));
        return new Run(graph.add(name, "Where", List.of(started, run.outputs(), state.get(layer.outputPart()))),
                run.last());
    }

    /// The sequence in the order of its visit: each turned round within its length.
    String turned(String name, Flow x) {
        String lengths = x.lengths() != null ? x.lengths() : graph.once("full " + x.name(),
                () -> graph.add(name, "Expand", List.of(x.size(graph, 0), x.size(graph, 1))));
        return graph.add(name, "ReverseSequence", List.of(x.name(), lengths), attribute("time_axis", 0),
                attribute("batch_axis", 1));
    }

    private Run cells(String name, RecurrentLayer layer, String x, @Nullable String lengths, List<String> initial,
            Direction direction) {
        return switch (layer) {
            case StackedRnn stack -> stack(name, stack, x, lengths, initial, direction);
            case Lstm lstm -> lstm(name, lstm, x, lengths, initial, direction);
            case Gru gru -> gru(name, gru, x, lengths, initial, direction);
            case SimpleRnn simple -> simple(name, simple, x, lengths, initial, direction);
        };
    }

    private Run stack(String name, StackedRnn stack, String x, @Nullable String lengths, List<String> initial,
            Direction direction) {
        List<String> last = new ArrayList<>();
        String flowing = x;
        int part = 0;
        for (int i = 0; i < stack.cells().size(); i++) {
            RecurrentLayer cell = stack.cells().get(i);
            int parts = cell.stateSizes().size();
            List<String> start = initial.isEmpty() ? List.of() : initial.subList(part, part + parts);
            Run run = cells(name + "/cell_" + i, cell, flowing, lengths, start, direction);
            flowing = run.outputs();
            last.addAll(run.last());
            part += parts;
        }
        return new Run(flowing, last);
    }

    private Run lstm(String name, Lstm layer, String x, @Nullable String lengths, List<String> initial,
            Direction direction) {
        if (layer.projection() > 0) {
            return projected(name, layer, x, lengths, initial, direction);
        }
        int units = layer.units();
        List<String> inputs = List.of(x, weights.turned(name + "/kernel", units, LSTM_GATES),
                weights.turned(name + "/recurrent_kernel", units, LSTM_GATES),
                weights.biases(name + "/bias", name + "/recurrent_bias", units, LSTM_GATES));
        return operator(name, "LSTM", inputs, lengths, initial, 2, attributes(name, units, direction,
                List.of(layer.recurrentActivation(), layer.activation(), layer.activation())));
    }

    /// ONNX's LSTM has no projection P: its h is what P is applied to, so that `R h` becomes `(R P) h`. A projected h to start from has
    /// no h before P; its product with R goes in as the input of the first step.
    private Run projected(String name, Lstm layer, String x, @Nullable String lengths, List<String> initial,
            Direction direction) {
        int units = layer.units();
        String first = initial.isEmpty() ? null : initial.getFirst();
        String fed = first == null ? x : withFirst(name, x, lengths, first, direction);
        List<String> inputs = List.of(fed,
                first == null ? weights.turned(name + "/kernel", units, LSTM_GATES)
                        : weights.turnedBoth(name + "/kernel", name + "/recurrent_kernel", units, LSTM_GATES),
                weights.turnedProduct(name + "/projection", name + "/recurrent_kernel", units, LSTM_GATES),
                weights.biases(name + "/bias", name + "/recurrent_bias", units, LSTM_GATES));
        List<AttributeProto> attributes = attributes(name, units, direction,
                List.of(layer.recurrentActivation(), layer.activation(), layer.activation()));
        List<String> start = first == null ? List.of() : List.of(OnnxGraph.NONE, initial.getLast());
        Run run = operator(name, "LSTM", inputs, lengths, start, 2, attributes);
        String projection = weights.plain(name + "/projection");
        String h = graph.add(name, "MatMul", List.of(run.last().getFirst(), projection));
        if (lengths != null && first != null) {
            h = graph.add(name, "Where", List.of(empty(lengths), first, h));
        }
        return new Run(graph.add(name, "MatMul", List.of(run.outputs(), projection)), List.of(h, run.last().getLast()));
    }

    /// A sequence with `[B, P]` beside the features of the step visited first, and zeros beside the others.
    private String withFirst(String name, String x, @Nullable String lengths, String first, Direction direction) {
        String size = graph.add(name, "Shape", List.of(x), attribute("start", 0), attribute("end", 1));
        String numbers = graph.add(name, "Unsqueeze", List.of(graph.add(name, "Range", List.of(graph.whole(0),
                graph.add(name, "Squeeze", List.of(size, graph.vector(0))), graph.whole(1))), graph.vector(1, 2)));
        String at = direction == Direction.FORWARD ? graph.whole(0)
                : graph.add(name, "Unsqueeze", List.of(graph.add(name, "Sub",
                        List.of(lengths == null ? size : lengths, graph.whole(1))), graph.vector(0, 2)));
        String beside = graph.add(name, "Where",
                List.of(graph.add(name, "Equal", List.of(numbers, at)), first, graph.number(0)));
        return graph.add(name, "Concat", List.of(x, beside), attribute("axis", 2));
    }

    private Run gru(String name, Gru layer, String x, @Nullable String lengths, List<String> initial,
            Direction direction) {
        int units = layer.units();
        List<String> inputs = List.of(x, weights.turned(name + "/kernel", units, GRU_GATES),
                weights.turned(name + "/recurrent_kernel", units, GRU_GATES),
                weights.biases(name + "/bias", name + "/recurrent_bias", units, GRU_GATES));
        List<AttributeProto> attributes = new ArrayList<>(attributes(name, units, direction,
                List.of(layer.recurrentActivation(), layer.activation())));
        attributes.add(attribute("linear_before_reset", layer.resetAfter() ? 1 : 0));
        return operator(name, "GRU", inputs, lengths, initial, 1, attributes);
    }

    private Run simple(String name, SimpleRnn layer, String x, @Nullable String lengths, List<String> initial,
            Direction direction) {
        int units = layer.units();
        List<String> inputs = List.of(x, weights.turned(name + "/kernel", units, 0),
                weights.turned(name + "/recurrent_kernel", units, 0),
                weights.biases(name + "/bias", name + "/recurrent_bias", units, 0));
        return operator(name, "RNN", inputs, lengths, initial, 1,
                attributes(name, units, direction, List.of(layer.activation())));
    }

    private static List<AttributeProto> attributes(String name, int units, Direction direction,
            List<Activation> activations) {
        OnnxActivations.Named named = OnnxActivations.named("layer \"" + name + "\"", activations);
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(attribute("hidden_size", units));
        attributes.add(attribute("direction", direction == Direction.FORWARD ? "forward" : "reverse"));
        attributes.add(OnnxGraph.texts("activations", named.names()));
        if (!named.alphas().isEmpty()) {
            attributes.add(OnnxGraph.floats("activation_alpha", named.alphas()));
        }
        if (!named.betas().isEmpty()) {
            attributes.add(OnnxGraph.floats("activation_beta", named.betas()));
        }
        return attributes;
    }

    private Run operator(String name, String operator, List<String> weighted, @Nullable String lengths,
            List<String> initial, int parts, List<AttributeProto> attributes) {
        List<String> inputs = new ArrayList<>(weighted);
        inputs.add(Flow.shortLengths(graph, lengths));
        for (String part : initial) {
            inputs.add(part.isEmpty() ? part : graph.add(name, "Unsqueeze", List.of(part, graph.vector(0))));
        }
        List<String> outputs = graph.addAll(name, operator, inputs, 1 + parts,
                attributes.toArray(AttributeProto[]::new));
        List<String> last = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            String state = graph.add(name, "Squeeze", List.of(outputs.get(1 + part), graph.vector(0)));
            // ONNX leaves open what comes after no step at all: it is the state from before.
            if (lengths != null) {
                String before = initial.isEmpty() || initial.get(part).isEmpty() ? graph.number(0)
                        : initial.get(part);
                state = graph.add(name, "Where", List.of(empty(lengths), before, state));
            }
            last.add(state);
        }
        return new Run(graph.add(name, "Squeeze", List.of(outputs.getFirst(), graph.vector(1))), last);
    }

    /// Which sequences have no step, bool `[B, 1]`.
    String empty(String lengths) {
        return graph.once("empty " + lengths, () -> graph.add("shape", "Unsqueeze",
                List.of(graph.add("shape", "Equal", List.of(lengths, graph.whole(0))), graph.vector(1))));
    }

    private Packed pack(String name, Flow x, String mask) {
        String counts = asWhole(mask);
        String lengths = real(mask);
        String order = graph.once("order " + mask, () -> {
            // Steps that count keep their number, the others get a larger one: sorted, they stand behind.
            String skipped = graph.add("shape", "Mul", List.of(
                    graph.add("shape", "Sub", List.of(graph.whole(1), counts)), x.size(graph, 0)));
            String keys = graph.add("shape", "Add", List.of(x.stepNumbers(graph), skipped));
            return graph.addAll("shape", "TopK", List.of(keys, x.size(graph, 0)), 2, attribute("axis", 0),
                    attribute("largest", 0), attribute("sorted", 1)).getLast();
        });
        return new Packed(graph.gather(name, x.name(), order, x.signature().features()), lengths);
    }

    private String asWhole(String mask) {
        return graph.once("whole " + mask, () -> graph.add("shape", "Cast", List.of(mask),
                attribute("to", TensorProto.DataType.INT64.getNumber())));
    }

    /// Outputs back at the places of their steps; a step that does not count repeats the one visited before, or is zero.
    private String spread(String name, RecurrentLayer layer, String outputs, Flow x, String mask, String lengths,
            Direction direction) {
        String place = place(mask, direction);
        String there = there(mask, direction, lengths);
        String safe = graph.once("safe " + direction + mask,
                () -> graph.add("shape", "Where", List.of(there, place, graph.whole(0))));
        String given = layer.options().zeroOutputForMask() ? mask : onlyReal(x, there);
        return x.with(graph.gather(name, outputs, safe, layer.width()), x.signature().features(layer.width()))
                .zeroedUnless(graph, name, given);
    }

    /// For each step its place among those that count, or that of the one visited before, int64 `[T, B]`.
    private String place(String mask, Direction direction) {
        boolean forward = direction == Direction.FORWARD;
        return graph.once("place " + direction + mask, () -> {
            String upTo = graph.add("shape", "CumSum", List.of(asWhole(mask), graph.whole(0)),
                    attribute("exclusive", forward ? 0 : 1));
            return forward ? graph.add("shape", "Sub", List.of(upTo, graph.whole(1))) : upTo;
        });
    }

    /// Where a step that counts was visited already, bool `[T, B]`.
    private String there(String mask, Direction direction, String lengths) {
        return graph.once("there " + direction + mask, () -> direction == Direction.FORWARD
                ? graph.add("shape", "GreaterOrEqual", List.of(place(mask, direction), graph.whole(0)))
                : graph.add("shape", "Less", List.of(place(mask, direction),
                        graph.add("shape", "Unsqueeze", List.of(lengths, graph.vector(0))))));
    }

    private String onlyReal(Flow x, String there) {
        return x.lengths() == null ? there
                : graph.once("real " + there, () -> graph.add("shape", "And", List.of(there, x.real(graph))));
    }

    /// Operators that visit in the direction of a layer.
    static Direction direction(RecurrentLayer layer) {
        return layer.goesBackwards() ? Direction.BACKWARD : Direction.FORWARD;
    }
}
