package dev.rondo.infer;

import dev.rondo.data.Batch;
import dev.rondo.data.Inputs;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model in use by one stream: predicts whole sequences, or takes them step by step and keeps the state.
///
/// ```java
/// Session session = Session.open(model);
/// for (float[] reading : sensor) {
///     float[] output = session.step(reading);       // as if the sequence ended here, to the last bit
/// }
/// SessionState saved = session.state();              // a value: keep it, or fork the stream
/// ```
///
/// Of a graph with several inputs, each sequence is given for every step, and each vector once, before the first:
///
/// ```java
/// Session session = Session.open(graph).input("customer", features);
/// float[] output = session.input("event", 17).input("amount", new float[] {9.5f}).step();
/// ```
///
/// Where the time of one prediction counts, two threads share the layers of a stack of recurrent ones:
///
/// ```java
/// try (Session session = Session.open(model).threads(2)) {
///     float[] output = session.predict(ids);
/// }
/// ```
///
/// Any number of sessions share one model and its weights, each on a thread of its own; a session is for one thread at a time. Nobody
/// may train the model meanwhile.
public final class Session implements AutoCloseable {
    private final Model model;
    private final List<Plan.Input> takes;
    private final List<Signature> gives;
    private final Workspace workspace = new Workspace();
    private final StreamInputs inputs;
    /// The layers, made at the first step: a model that only predicts whole sequences may hold some that do not stream.
    private List<Streaming> layers = List.of();
    private List<Signal> outputs = List.of();
    private int steps;
    private @Nullable Pipeline pipeline;

    private Session(Model model, List<Plan.Input> takes, List<Signature> gives) {
        this.model = model;
        this.takes = takes;
        this.gives = gives;
        inputs = new StreamInputs(takes);
    }

    /// A session at the start of a stream.
    public static Session open(Sequential model) {
        return new Session(model, List.of(new Plan.Input("input", model.input())), List.of(model.output()));
    }

    /// A session of a graph at the start of a stream.
    public static Session open(Graph model) {
        return new Session(model, model.plan().inputs(), model.outputs());
    }

    /// Predicts whole sequences on several threads from now on: of stacked recurrent layers, one takes the first steps while the one
    /// before is busy with later ones. The bits are the same. Nothing changes for models with fewer than two recurrent layers, for
    /// graphs, and where a layer needs the whole sequence, as bidirectional ones do; steps of a stream stay on the calling thread.
    ///
    /// Between predictions the threads wait busily for about a millisecond, then they sleep; [#close] ends them.
    ///
    /// @param threads the number of threads, the caller's among them, at least 1; more than there are recurrent layers are of no use
    /// @return this
    /// @throws IllegalArgumentException if threads is less than 1
    public Session threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
        }
        close();
        pipeline = model instanceof Sequential stack ? Pipeline.of(stack, threads) : null;
        return this;
    }

    /// Ends the threads, if there are any. The session may be used further, on the calling thread.
    @Override
    public void close() {
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
    }

    /// The prediction for one whole sequence of token ids; leaves the stream's state alone.
    ///
    /// @return the output's numbers: a row, or a row for each step one after another
    public float[] predict(int[] ids) {
        return predict(Inputs.tokens(new int[][] {ids}));
    }

    /// The prediction for one whole sequence of feature vectors, `[step][feature]`; leaves the stream's state alone.
    public float[] predict(float[][] sequence) {
        // Nothing in an empty sequence says how many features a step has.
        return predict(sequence.length > 0 ? Inputs.features(new float[][][] {sequence})
                : new Inputs.Features(new float[1][0], takes.getFirst().signature().features()));
    }

    /// The prediction for one whole sample; leaves the stream's state alone.
    ///
    /// @param sample all inputs of the model, of one sample
    /// @throws IllegalArgumentException if they are not what the model takes, or it has several outputs
    public float[] predict(Inputs sample) {
        checkSingle();
        return predictAll(sample).getFirst();
    }

    /// The predictions of all outputs for one whole sample; leaves the stream's state alone.
    ///
    /// @param sample all inputs of the model, of one sample
    /// @throws IllegalArgumentException if they are not what the model takes
    public List<float[]> predictAll(Inputs sample) {
        List<Inputs> parts = sample.parts();
        if (sample.size() != 1 || parts.size() != takes.size()) {
            throw new IllegalArgumentException("the model takes one sample of " + takes.size() + " inputs, not "
                    + sample.size() + " of " + parts.size());
        }
        for (int i = 0; i < parts.size(); i++) {
            inputs.check(i, parts.get(i).signature().kind() == Signature.Kind.TOKENS,
                    parts.get(i).signature().features());
        }
        if (pipeline != null && sample.length(0) > 0) {
            return List.of(pipeline.predict(sample));
        }
        try (Tape tape = Tape.inference(workspace)) {
            return model.apply(Batch.of(sample, 0).inputsOn(tape)).stream().map(Var::tensor)
                    .map(tensor -> tensor.data()).toList();
        }
    }

    /// Takes the next step of the stream of a model with one input and one output.
    ///
    /// @param features the step's numbers
    /// @return the output as if the sequence ended with this step
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public float[] step(float[] features) {
        checkSingle();
        inputs.give(inputs.only(), features, steps);
        takeStep();
        return outputs.getFirst().values().clone();
    }

    /// Takes the next step of the stream and allocates nothing once warm.
    ///
    /// @param features the step's numbers
    /// @param out becomes the output as if the sequence ended with this step
    /// @throws IllegalArgumentException if out is too short; the step is not taken then
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public void step(float[] features, float[] out) {
        checkSingle();
        checkRoom(0, out);
        inputs.give(inputs.only(), features, steps);
        takeStep();
        copy(0, out);
    }

    /// Takes the next token of the stream.
    ///
    /// @return the output as if the sequence ended with this token
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public float[] step(int token) {
        checkSingle();
        inputs.give(inputs.only(), token);
        takeStep();
        return outputs.getFirst().values().clone();
    }

    /// Takes the next token of the stream and allocates nothing once warm.
    ///
    /// @param out becomes the output as if the sequence ended with this token
    /// @throws IllegalArgumentException if out is too short, or there is no such token; the step is not taken then
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public void step(int token, float[] out) {
        checkSingle();
        checkRoom(0, out);
        inputs.give(inputs.only(), token);
        takeStep();
        copy(0, out);
    }

    /// Gives a graph's input: the numbers of the next step of a sequence, or a vector, which is given once, before the first step.
    ///
    /// @param name the input's name in the graph
    /// @return this
    /// @throws IllegalArgumentException if there is no such input, or it takes something else
    /// @throws IllegalStateException if it is a vector and the stream has had steps
    public Session input(String name, float[] values) {
        inputs.give(inputs.find(name), values, steps);
        return this;
    }

    /// Gives a graph's input the token of the next step.
    ///
    /// @param name the input's name in the graph
    /// @return this
    /// @throws IllegalArgumentException if there is no such input, or it takes something else
    public Session input(String name, int token) {
        inputs.give(inputs.find(name), token);
        return this;
    }

    /// Takes the next step of the stream with the inputs that were given.
    ///
    /// @return the output as if the sequences ended with this step
    /// @throws IllegalArgumentException if the model has several outputs, or a token is out of range; the step is not taken then
    /// @throws IllegalStateException if an input is missing, or the model needs whole sequences
    public float[] step() {
        checkSingle();
        takeStep();
        return outputs.getFirst().values().clone();
    }

    /// Takes the next step of the stream with the inputs that were given, for all outputs.
    ///
    /// @return each output as if the sequences ended with this step: of a sequence the present row
    /// @throws IllegalArgumentException if a token is out of range; the step is not taken then
    /// @throws IllegalStateException as [#step()]
    public List<float[]> stepAll() {
        takeStep();
        return outputs.stream().map(output -> output.values().clone()).toList();
    }

    /// Takes the next step of the stream with the inputs that were given.
    ///
    /// @param outs becomes the outputs
    /// @throws IllegalArgumentException if there are not as many arrays as outputs, one is too short, or a token is out of range; the step
    ///         is not taken then
    /// @throws IllegalStateException as [#step()]
    public void stepInto(float[][] outs) {
        if (outs.length != gives.size()) {
            throw new IllegalArgumentException(
                    "there are arrays for " + outs.length + " outputs, but the model gives " + gives.size());
        }
        for (int o = 0; o < outs.length; o++) {
            checkRoom(o, outs[o]);
        }
        takeStep();
        for (int o = 0; o < outs.length; o++) {
            copy(o, outs[o]);
        }
    }

    private void copy(int output, float[] out) {
        float[] values = outputs.get(output).values();
        System.arraycopy(values, 0, out, 0, values.length);
    }

    private void takeStep() {
        inputs.checkGiven();
        wire();
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).read();
        }
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).step(steps);
        }
        inputs.taken();
        steps++;
    }

    /// Makes the layers, each reading the signal of the one before.
    private void wire() {
        if (!layers.isEmpty()) {
            return;
        }
        List<Streaming> made = new ArrayList<>();
        List<Signal> flowing = inputs.signals();
        switch (model) {
            case Sequential stack -> {
                for (int i = 0; i < stack.layers().size(); i++) {
                    Streaming layer = Streaming.of(stack.layers().get(i), stack.modules().get(i), flowing.getFirst());
                    made.add(layer);
                    flowing = layer.outputs();
                }
                flowing = List.of(flowing.getFirst());
            }
            case Graph graph -> {
                made.add(new GraphStream(graph, flowing));
                flowing = made.getFirst().outputs();
            }
            default -> throw new AssertionError(model);
        }
        layers = made;
        outputs = flowing;
    }

    private int size() {
        return model instanceof Sequential stack ? stack.layers().size() : 1;
    }

    private void checkSingle() {
        if (gives.size() != 1) {
            throw new IllegalArgumentException(
                    "the model has " + gives.size() + " outputs; use predictAll, or input(...) and stepAll()");
        }
    }

    private void checkRoom(int output, float[] out) {
        if (out.length < gives.get(output).features()) {
            throw new IllegalArgumentException("the array for the output has room for " + out.length
                    + " numbers, but the model gives " + gives.get(output).features());
        }
    }

    /// The state of the stream: a value that stays what it is. Vectors that were given belong to it.
    public SessionState state() {
        return new SessionState(steps == 0 ? List.of() : layers.stream().map(Streaming::save).toList(),
                inputs.vectors(), steps);
    }

    /// Goes on from a state of a session of the same model. Of a stream of several inputs, what was given for the next step is given
    /// anew.
    ///
    /// @throws IllegalArgumentException if the state is of another model; the session then has to be reset
    public void restore(SessionState state) {
        List<Streaming.Memory> memories = state.memories();
        if (!memories.isEmpty() && memories.size() != size()) {
            throw new IllegalArgumentException("the state has " + memories.size() + " layers, but the model has "
                    + size() + "; is it the state of another model?");
        }
        if (!memories.isEmpty()) {
            wire();
        }
        inputs.restore(state.vectors());
        steps = state.steps();
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).restore(memories.isEmpty() ? Streaming.Memory.NONE : memories.get(i));
        }
    }

    /// Goes back to the start of a stream; vectors have to be given again.
    public void reset() {
        restore(SessionState.START);
    }

    /// A second session that goes on from the same state.
    public Session fork() {
        Session other = new Session(model, takes, gives);
        other.restore(state());
        return other;
    }
}
