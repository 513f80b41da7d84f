package dev.rondo.infer;

import dev.rondo.data.Batch;
import dev.rondo.data.Inputs;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Workspace;
import java.util.ArrayList;
import java.util.List;

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
/// Any number of sessions share one model and its weights, each on a thread of its own; a session is for one thread at a time. Nobody
/// may train the model meanwhile.
public final class Session {
    private final Model model;
    private final Signature takes;
    private final Signature gives;
    private final Workspace workspace = new Workspace();
    private final Signal input;
    /// The layers, made at the first step: a model that only predicts whole sequences may hold some that do not stream.
    private List<Streaming> layers = List.of();
    private Signal output;
    private SessionState start = SessionState.START;
    private int steps;

    private Session(Model model, Signature takes, Signature gives) {
        this.model = model;
        this.takes = takes;
        this.gives = gives;
        input = takesTokens() ? Signal.tokens() : Signal.numbers(takes.features());
        output = input;
    }

    private boolean takesTokens() {
        return takes.kind() == Signature.Kind.TOKENS;
    }

    /// A session at the start of a stream.
    public static Session open(Sequential model) {
        return new Session(model, model.input(), model.output());
    }

    /// A session of a graph at the start of a stream.
    ///
    /// @throws IllegalArgumentException if the graph has several inputs or outputs
    public static Session open(Graph model) {
        if (model.inputs().size() != 1 || model.outputs().size() != 1) {
            throw new IllegalArgumentException("a session takes a model with one input and one output, but this has "
                    + model.inputs().size() + " and " + model.outputs().size()
                    + "; use Trainer.predictAll for whole sequences");
        }
        return new Session(model, model.inputs().getFirst(), model.output());
    }

    /// The prediction for one whole sequence of token ids; leaves the stream's state alone.
    ///
    /// @return the output's numbers: a row, or a row for each step one after another
    public float[] predict(int[] ids) {
        return predict(Inputs.tokens(new int[][] {ids}));
    }

    /// The prediction for one whole sequence of feature vectors, `[step][feature]`; leaves the stream's state alone.
    public float[] predict(float[][] sequence) {
        return predict(Inputs.features(new float[][][] {sequence}));
    }

    private float[] predict(Inputs one) {
        check(one.signature().kind() == Signature.Kind.TOKENS, one.signature().features());
        try (Tape tape = Tape.inference(workspace)) {
            return model.apply(Batch.of(one, 0).on(tape)).tensor().data();
        }
    }

    /// Takes the next step of the stream.
    ///
    /// @param features the step's numbers
    /// @return the output as if the sequence ended with this step
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public float[] step(float[] features) {
        takeStep(features);
        return output.values().clone();
    }

    /// Takes the next step of the stream and allocates nothing once warm.
    ///
    /// @param features the step's numbers
    /// @param out becomes the output as if the sequence ended with this step
    /// @throws IllegalArgumentException if out is too short; the step is not taken then
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public void step(float[] features, float[] out) {
        checkRoom(out);
        takeStep(features);
        System.arraycopy(output.values(), 0, out, 0, output.values().length);
    }

    /// Takes the next token of the stream.
    ///
    /// @return the output as if the sequence ended with this token
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public float[] step(int token) {
        takeStep(token);
        return output.values().clone();
    }

    /// Takes the next token of the stream and allocates nothing once warm.
    ///
    /// @param out becomes the output as if the sequence ended with this token
    /// @throws IllegalArgumentException if out is too short, or there is no such token; the step is not taken then
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public void step(int token, float[] out) {
        checkRoom(out);
        takeStep(token);
        System.arraycopy(output.values(), 0, out, 0, output.values().length);
    }

    private void takeStep(float[] features) {
        check(false, features.length);
        wire();
        System.arraycopy(features, 0, input.values(), 0, features.length);
        takeStep();
    }

    private void takeStep(int token) {
        check(true, 1);
        wire();
        int[] ids = input.token();
        if (ids != null) {
            ids[0] = token;
        }
        takeStep();
    }

    private void takeStep() {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).step(steps);
        }
        steps++;
    }

    /// Makes the layers, each reading the signal of the one before.
    private void wire() {
        if (!layers.isEmpty()) {
            return;
        }
        List<Streaming> made = new ArrayList<>();
        Signal flowing = input;
        switch (model) {
            case Sequential stack -> {
                for (int i = 0; i < stack.layers().size(); i++) {
                    Streaming layer = Streaming.of(stack.layers().get(i), stack.modules().get(i), flowing);
                    made.add(layer);
                    flowing = layer.output();
                }
            }
            case Graph graph -> {
                made.add(new GraphStream(graph, List.of(input)));
                flowing = made.getFirst().output();
            }
            default -> throw new AssertionError(model);
        }
        if (!start.memories().isEmpty()) {
            for (int i = 0; i < made.size(); i++) {
                made.get(i).restore(start.memories().get(i));
            }
        }
        layers = made;
        output = flowing;
    }

    private int size() {
        return model instanceof Sequential stack ? stack.layers().size() : 1;
    }

    private void checkRoom(float[] out) {
        if (out.length < gives.features()) {
            throw new IllegalArgumentException("the array for the output has room for " + out.length
                    + " numbers, but the model gives " + gives.features());
        }
    }

    private void check(boolean tokens, int features) {
        if (tokens != takesTokens() || !tokens && features != takes.features()) {
            throw new IllegalArgumentException("the model takes " + takes + ", not "
                    + (tokens ? "token ids" : features + " features a step"));
        }
    }

    /// The state of the stream: a value that stays what it is.
    public SessionState state() {
        if (layers.isEmpty()) {
            return start;
        }
        return steps == 0 ? SessionState.START
                : new SessionState(layers.stream().map(Streaming::save).toList(), steps);
    }

    /// Goes on from a state of a session of the same model.
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
        start = state;
        steps = state.steps();
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).restore(memories.isEmpty() ? Streaming.Memory.NONE : memories.get(i));
        }
    }

    /// Goes back to the start of a stream.
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
