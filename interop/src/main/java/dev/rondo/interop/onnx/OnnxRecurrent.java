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

    /// All outputs of a layer after a run; outputs of every step stand at the place of that step.
    List<Flow> outputs(String name, RecurrentLayer layer, Flow x, Run run) {
        List<Flow> outputs = new ArrayList<>();
        if (layer.returnsSequences()) {
            outputs.add(x.with(run.outputs(), x.signature().features(layer.width())));
        } else {
            if (x.mask() != null && layer.options().zeroOutputForMask()) {
                throw new IllegalArgumentException("layer \"" + name
                        + "\" is told to give zero for masked steps and returns its last "
                        + "step alone under a mask; export it with returnSequences, or without zero_output_for_mask");
            }
            outputs.add(Flow.vector(run.last().get(layer.outputPart()), layer.width()));
        }
        if (layer.returnsState()) {
            for (int part = 0; part < run.last().size(); part++) {
                outputs.add(Flow.vector(run.last().get(part), layer.stateSizes().get(part)));
            }
        }
        return outputs;
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
            throw new IllegalArgumentException("layer \"" + name + "\" (lstm) has a projection, which ONNX's LSTM has "
                    + "not; train it without one to export it");
        }
        int units = layer.units();
        List<String> inputs = List.of(x, weights.turned(name + "/kernel", units, LSTM_GATES),
                weights.turned(name + "/recurrent_kernel", units, LSTM_GATES),
                weights.biases(name + "/bias", name + "/recurrent_bias", units, LSTM_GATES));
        return operator(name, "LSTM", inputs, lengths, initial, 2, attributes(name, units, direction,
                List.of(layer.recurrentActivation(), layer.activation(), layer.activation())));
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
            inputs.add(graph.add(name, "Unsqueeze", List.of(part, graph.vector(0))));
        }
        List<String> outputs = graph.addAll(name, operator, inputs, 1 + parts,
                attributes.toArray(AttributeProto[]::new));
        List<String> last = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            String state = graph.add(name, "Squeeze", List.of(outputs.get(1 + part), graph.vector(0)));
            // ONNX leaves open what comes after no step at all: it is the state from before.
            if (lengths != null) {
                String before = initial.isEmpty() ? graph.number(0) : initial.get(part);
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
        String lengths = graph.once("lengths " + mask, () -> graph.add("shape", "ReduceSum",
                List.of(counts, graph.vector(0)), attribute("keepdims", 0)));
        String order = graph.once("order " + mask, () -> {
            // Steps that count keep their number, the others get a larger one: sorted, they stand behind.
            String skipped = graph.add("shape", "Mul", List.of(
                    graph.add("shape", "Sub", List.of(graph.whole(1), counts)), x.size(graph, 0)));
            String keys = graph.add("shape", "Add", List.of(x.stepNumbers(graph), skipped));
            return graph.addAll("shape", "TopK", List.of(keys, x.size(graph, 0)), 2, attribute("axis", 0),
                    attribute("largest", 0), attribute("sorted", 1)).getLast();
        });
        return new Packed(gather(name, x.name(), order), lengths);
    }

    private String asWhole(String mask) {
        return graph.once("whole " + mask, () -> graph.add("shape", "Cast", List.of(mask),
                attribute("to", TensorProto.DataType.INT64.getNumber())));
    }

    /// Rows of a sequence `[T, B, F]` chosen by numbers of steps `[T, B]`.
    private String gather(String name, String x, String steps) {
        String wide = graph.add(name, "Unsqueeze", List.of(steps, graph.vector(2)));
        String shape = graph.add(name, "Shape", List.of(x));
        return graph.add(name, "GatherElements", List.of(x, graph.add(name, "Expand", List.of(wide, shape))),
                attribute("axis", 0));
    }

    /// Outputs back at the places of their steps; a step that does not count repeats the one visited before, or is zero.
    private String spread(String name, RecurrentLayer layer, String outputs, Flow x, String mask, String lengths,
            Direction direction) {
        String place = place(mask, direction);
        String there = there(mask, direction, lengths);
        String safe = graph.once("safe " + direction + mask,
                () -> graph.add("shape", "Where", List.of(there, place, graph.whole(0))));
        String given = layer.options().zeroOutputForMask() ? mask : onlyReal(x, there);
        return x.with(gather(name, outputs, safe), x.signature().features(layer.width())).zeroedUnless(graph, name,
                given);
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
