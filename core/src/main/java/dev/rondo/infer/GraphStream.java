package dev.rondo.infer;

import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Plan;
import java.util.ArrayList;
import java.util.List;

/// A graph in a stream: the streams of its calls, each reading those of the calls before.
final class GraphStream implements Streaming {
    private final List<Streaming> calls = new ArrayList<>();
    private final List<Signal> outputs;

    /// @param inputs what the graph's inputs read
    /// @throws IllegalStateException if a layer needs whole sequences, or is used in a way that does not stream; the message names it
    GraphStream(Graph graph, List<Signal> inputs) {
        Plan plan = graph.plan();
        List<List<Signal>> values = new ArrayList<>();
        inputs.forEach(input -> values.add(List.of(input)));
        for (int c = 0; c < plan.calls().size(); c++) {
            Plan.Call call = plan.calls().get(c);
            Plan.Named named = plan.layers().get(call.layer());
            Streaming stream = stream(named.name(), named.layer(), graph.modules().get(c),
                    pick(values, call.inputs()));
            calls.add(stream);
            values.add(stream.outputs());
        }
        outputs = pick(values, plan.outputs());
    }

    private static List<Signal> pick(List<List<Signal>> values, List<Plan.Port> ports) {
        return ports.stream().map(port -> values.get(port.value()).get(port.output())).toList();
    }

    private static Streaming stream(String name, Layer layer, Module module, List<Signal> inputs) {
        try {
            return Streaming.of(layer, module, inputs);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("layer \"" + name + "\": " + e.getMessage(), e);
        }
    }

    @Override
    public void read() {
        for (int c = 0; c < calls.size(); c++) {
            calls.get(c).read();
        }
    }

    @Override
    public void step(int before) {
        for (int c = 0; c < calls.size(); c++) {
            calls.get(c).step(before);
        }
    }

    @Override
    public Signal output() {
        return outputs.getFirst();
    }

    @Override
    public List<Signal> outputs() {
        return outputs;
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
