package dev.rondo.infer;

import dev.rondo.data.Batch;
import dev.rondo.data.Inputs;
import dev.rondo.nn.Sequential;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
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
    private static final Steps ONE = Steps.dense(1, 1);

    private final Sequential model;
    private final Workspace workspace = new Workspace();
    private final List<Streaming> layers;
    private SessionState state;

    private Session(Sequential model, SessionState state) {
        this.model = model;
        this.state = state;
        layers = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            layers.add(Streaming.of(model.layers().get(i), model.modules().get(i)));
        }
    }

    /// A session at the start of a stream.
    public static Session open(Sequential model) {
        return new Session(model, SessionState.START);
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
        check(one.signature().kind() == dev.rondo.nn.Signature.Kind.TOKENS, one.signature().features());
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
        check(false, features.length);
        try (Tape tape = Tape.inference(workspace)) {
            return step(tape, tape.constant(features, 1, features.length, ONE));
        }
    }

    /// Takes the next token of the stream.
    ///
    /// @return the output as if the sequence ended with this token
    /// @throws IllegalStateException if the model needs whole sequences, as bidirectional layers do
    public float[] step(int token) {
        check(true, 1);
        try (Tape tape = Tape.inference(workspace)) {
            return step(tape, tape.tokens(new int[] {token}, ONE));
        }
    }

    private float[] step(Tape tape, Var input) {
        List<Streaming.Memory> before = state.memories();
        List<Streaming.Memory> after = new ArrayList<>(layers.size());
        Var x = input;
        for (int i = 0; i < layers.size(); i++) {
            Streaming.Output output = layers.get(i).step(x, before.isEmpty() ? Streaming.Memory.NONE : before.get(i),
                    state.steps());
            after.add(output.memory());
            x = output.value();
        }
        float[] result = x.tensor().data();
        state = new SessionState(after, state.steps() + 1);
        return result;
    }

    private void check(boolean tokens, int features) {
        boolean wantsTokens = model.input().kind() == dev.rondo.nn.Signature.Kind.TOKENS;
        if (tokens != wantsTokens || !tokens && features != model.input().features()) {
            throw new IllegalArgumentException("the model takes " + model.input() + ", not "
                    + (tokens ? "token ids" : features + " features a step"));
        }
    }

    /// The state of the stream: a value that stays what it is.
    public SessionState state() {
        return state;
    }

    /// Goes on from a state of a session of the same model.
    ///
    /// @throws IllegalArgumentException if the state is of another model
    public void restore(SessionState state) {
        if (!state.memories().isEmpty() && state.memories().size() != layers.size()) {
            throw new IllegalArgumentException(
                    "the state has " + state.memories().size() + " layers, but the model has " + layers.size()
                            + "; is it the state of another model?");
        }
        this.state = state;
    }

    /// Goes back to the start of a stream.
    public void reset() {
        state = SessionState.START;
    }

    /// A second session that goes on from the same state.
    public Session fork() {
        return new Session(model, state);
    }
}
