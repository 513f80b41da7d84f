package dev.rondo.infer;

import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Plan;
import java.util.ArrayList;
import java.util.List;

/// A graph in a stream: the streams of its calls, each reading those of the calls before.
final class GraphStream implements Streaming {
    private final List<Streaming> calls = new ArrayList<>();
    private final Signal output;

    /// @param inputs what the graph's inputs read
    /// @throws IllegalStateException if a layer needs whole sequences, or is used in a way that does not stream; the message names it
    GraphStream(Graph graph, List<Signal> inputs) {
        Plan plan = graph.plan();
        if (plan.outputs().size() != 1) {
            throw new IllegalStateException("a model with " + plan.outputs().size()
                    + " outputs cannot be taken step by step; build a graph with the output that is wanted");
        }
        List<Signal> values = new ArrayList<>(inputs);
        for (int c = 0; c < plan.calls().size(); c++) {
            Plan.Call call = plan.calls().get(c);
            Plan.Named named = plan.layers().get(call.layer());
            List<Signal> read = new ArrayList<>();
            for (Plan.Port port : call.inputs()) {
                read.add(signal(plan, values, port));
            }
            Streaming stream = stream(named.name(), named.layer(), graph, c, read);
            calls.add(stream);
            values.add(stream.output());
        }
        output = signal(plan, values, plan.outputs().getFirst());
    }

    private static Signal signal(Plan plan, List<Signal> values, Plan.Port port) {
        if (port.output() > 0) {
            String name = plan.layers().get(plan.calls().get(port.value() - plan.inputs().size()).layer()).name();
            throw new IllegalStateException("layer \"" + name + "\": output " + port.output()
                    + " of a layer cannot be taken step by step; use predict with whole sequences");
        }
        return values.get(port.value());
    }

    private static Streaming stream(String name, Layer layer, Graph graph, int call, List<Signal> inputs) {
        try {
            if (layer instanceof Plan && graph.modules().get(call) instanceof Graph inner) {
                return new GraphStream(inner, inputs);
            }
            if (inputs.size() == 1) {
                return Streaming.of(layer, graph.modules().get(call), inputs.getFirst());
            }
            if (!layer.isStepwise()) {
                throw Streaming.refusal(layer);
            }
            return new TapeStream(graph.modules().get(call), inputs);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("layer \"" + name + "\": " + e.getMessage(), e);
        }
    }

    @Override
    public void step(int before) {
        for (Streaming call : calls) {
            call.step(before);
        }
    }

    @Override
    public Signal output() {
        return output;
    }

    /// The memories of all calls one after another, and before them the number of parts of each.
    @Override
    public Memory save() {
        float[] counts = new float[calls.size()];
        List<float[]> parts = new ArrayList<>();
        parts.add(counts);
        for (int c = 0; c < counts.length; c++) {
            List<float[]> own = calls.get(c).save().parts();
            counts[c] = own.size();
            parts.addAll(own);
        }
        return new Memory(parts);
    }

    @Override
    public void restore(Memory memory) {
        List<float[]> parts = memory.parts();
        float[] counts = parts.isEmpty() ? new float[calls.size()] : parts.getFirst();
        int sum = 1;
        for (float count : counts) {
            sum += (int) count;
        }
        if (counts.length != calls.size() || !parts.isEmpty() && parts.size() != sum) {
            throw new IllegalArgumentException(
                    "the state has a graph of " + counts.length + " calls, but the model's has "
                            + calls.size() + "; is it the state of another model?");
        }
        int at = 1;
        for (int c = 0; c < counts.length; c++) {
            int count = (int) counts[c];
            calls.get(c).restore(count == 0 ? Memory.NONE : new Memory(parts.subList(at, at + count)));
            at += count;
        }
    }
}
