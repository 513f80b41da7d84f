package dev.rondo.infer;

import dev.rondo.internal.parallel.Team;
import dev.rondo.nn.Model;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Runs a model with any number of inputs and outputs on plain tensors, batch first, as Keras and PyTorch lay them out.
///
/// ```java
/// List<Tensor> outputs = TensorRun.of(graph, graph.inputs()).run(List.of(tokens, features));
/// ```
///
/// All sequences of a tensor have as many steps as it has; what is padding, the model's masks say. Safe for use by several threads.
///
/// @param model the model
/// @param inputs what it is fed, in order
public record TensorRun(Model model, List<Signature> inputs) {
    /// The most steps in a piece of the batch, which bounds the memory.
    private static final int MOST_STEPS = 1 << 14;

    /// Copies the list.
    public TensorRun {
        inputs = List.copyOf(inputs);
    }

    /// A model to run.
    public static TensorRun of(Model model, List<Signature> inputs) {
        return new TensorRun(model, inputs);
    }

    /// Computes all outputs.
    ///
    /// @param tensors one for each input, with the same first axis: token ids `[B, T]`, features `[B, T, F]` or `[B, F]`
    /// @return `[B, T, C]` or `[B, C]` for each output, in order
    /// @throws IllegalArgumentException if a tensor does not fit the model; the message names it by its number
    public List<Tensor> run(List<Tensor> tensors) {
        return run(tensors, 1);
    }

    /// Computes all outputs on several threads; their number changes no bit.
    ///
    /// @param tensors as for [#run(List)]
    /// @param threads how many threads work, at least 1
    /// @throws IllegalArgumentException if a tensor does not fit the model; the message names it by its number
    public List<Tensor> run(List<Tensor> tensors, int threads) {
        check(tensors);
        int batch = tensors.getFirst().shape()[0];
        int longest = 1;
        for (Tensor tensor : tensors) {
            longest = Math.max(longest, tensor.shape().length > 1 ? tensor.shape()[1] : 1);
        }
        int piece = Math.clamp(MOST_STEPS / longest, 1, 256);
        int pieces = (batch + piece - 1) / piece;
        Outputs outputs = new Outputs(batch);
        var idle = new ConcurrentLinkedQueue<Workspace>();
        try (Team team = new Team(Math.min(threads, pieces))) {
            team.run(pieces, number -> {
                Workspace polled = idle.poll();
                Workspace workspace = polled != null ? polled : new Workspace();
                int from = number * piece;
                int to = Math.min(batch, from + piece);
                try (Tape tape = Tape.inference(workspace)) {
                    List<Var> values = new ArrayList<>();
                    for (int i = 0; i < tensors.size(); i++) {
                        values.add(value(tape, inputs.get(i), tensors.get(i), from, to));
                    }
                    outputs.add(model.apply(values), from, to);
                }
                idle.add(workspace);
            });
        }
        return outputs.tensors();
    }

    private void check(List<Tensor> tensors) {
        if (tensors.size() != inputs.size()) {
            throw new IllegalArgumentException("the model has " + inputs.size() + " inputs, but is given "
                    + tensors.size());
        }
        for (int i = 0; i < inputs.size(); i++) {
            Signature wanted = inputs.get(i);
            int[] shape = tensors.get(i).shape();
            int axes = wanted.kind() == Signature.Kind.SEQUENCE ? 3 : 2;
            boolean fits = shape.length == axes && shape[0] > 0 && shape[1] > 0
                    && shape[0] == tensors.getFirst().shape()[0];
            if (fits && wanted.kind() != Signature.Kind.TOKENS) {
                fits = shape[axes - 1] == wanted.features();
            }
            if (fits && wanted.hasSteps()) {
                fits = shape[1] == wanted.steps();
            }
            if (!fits) {
                throw new IllegalArgumentException("input " + i + " has shape " + Arrays.toString(shape)
                        + ", but the model takes " + wanted + ", with as many sequences in each input, at least one");
            }
        }
    }

    private static Var value(Tape tape, Signature signature, Tensor tensor, int from, int to) {
        float[] data = tensor.data();
        int batch = to - from;
        if (signature.kind() == Signature.Kind.VECTOR) {
            int columns = signature.features();
            return tape.constant(Arrays.copyOfRange(data, from * columns, to * columns), batch, columns, null);
        }
        int steps = tensor.shape()[1];
        Steps layout = Steps.dense(steps, batch);
        if (signature.kind() == Signature.Kind.TOKENS) {
            int[] ids = new int[steps * batch];
            for (int b = 0; b < batch; b++) {
                for (int t = 0; t < steps; t++) {
                    ids[layout.row(t, b)] = id(data[(from + b) * steps + t], from + b, t);
                }
            }
            return tape.tokens(ids, layout);
        }
        int columns = signature.features();
        float[] rows = new float[steps * batch * columns];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(data, ((from + b) * steps + t) * columns, rows, layout.row(t, b) * columns, columns);
            }
        }
        return tape.constant(rows, steps * batch, columns, layout);
    }

    private static int id(float value, int b, int t) {
        if (value != (int) value || value < 0) {
            throw new IllegalArgumentException("number " + value + " at [" + b + ", " + t
                    + "] is no token id; the model takes whole numbers from 0");
        }
        return (int) value;
    }

    /// The outputs of all pieces; each writes its own rows.
    private static final class Outputs {
        private final int batch;
        private final List<float[]> data = new ArrayList<>();
        private final List<int[]> shapes = new ArrayList<>();

        Outputs(int batch) {
            this.batch = batch;
        }

        /// Makes room for all sequences when the first piece is there.
        private synchronized void reserve(List<Var> outputs) {
            for (int o = data.size(); o < outputs.size(); o++) {
                Var output = outputs.get(o);
                int columns = output.columns();
                int steps = output.isSequence() ? output.steps().steps() : 1;
                data.add(new float[Math.multiplyExact(batch, Math.multiplyExact(steps, columns))]);
                shapes.add(output.isSequence() ? new int[] {batch, steps, columns} : new int[] {batch, columns});
            }
        }

        void add(List<Var> outputs, int from, int to) {
            reserve(outputs);
            for (int o = 0; o < outputs.size(); o++) {
                Var output = outputs.get(o);
                int columns = output.columns();
                Steps layout = output.isSequence() ? output.steps() : null;
                int steps = layout == null ? 1 : layout.steps();
                for (int b = 0; b < to - from; b++) {
                    for (int t = 0; t < steps; t++) {
                        int row = layout == null ? b : layout.row(t, b);
                        System.arraycopy(output.data(), row * columns, data.get(o),
                                ((from + b) * steps + t) * columns, columns);
                    }
                }
            }
        }

        List<Tensor> tensors() {
            List<Tensor> tensors = new ArrayList<>();
            for (int o = 0; o < data.size(); o++) {
                tensors.add(Tensor.of(data.get(o), shapes.get(o)));
            }
            return tensors;
        }
    }
}
