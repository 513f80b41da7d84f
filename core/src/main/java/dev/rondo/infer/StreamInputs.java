package dev.rondo.infer;

import dev.rondo.nn.Plan;
import dev.rondo.nn.Signature;
import java.util.List;
import java.util.stream.IntStream;

/// The inputs of a stream: sequences, of which each step is given, and vectors that are given once. The only input of a model is
/// given at each step, whatever it is.
final class StreamInputs {
    private final List<Plan.Input> takes;
    private final List<Signal> signals;
    /// What has been given: for the next step, or for the whole stream.
    private final boolean[] given;

    StreamInputs(List<Plan.Input> takes) {
        this.takes = takes;
        signals = takes.stream().map(input -> signal(input.signature(), takes.size() > 1)).toList();
        given = new boolean[takes.size()];
    }

    /// The signal of an input.
    ///
    /// @param several whether the model has others, so that a vector is given once and not at each step
    static Signal signal(Signature takes, boolean several) {
        return switch (takes.kind()) {
            case TOKENS -> Signal.tokens();
            case SEQUENCE -> Signal.numbers(takes.features());
            case VECTOR -> several ? Signal.vector(takes.features()) : Signal.numbers(takes.features());
        };
    }

    List<Signal> signals() {
        return signals;
    }

    /// The number of the only input.
    ///
    /// @throws IllegalArgumentException if there are several
    int only() {
        if (takes.size() != 1) {
            throw new IllegalArgumentException("the model has " + takes.size() + " inputs " + names()
                    + "; give each by its name, input(name, ...), and then step()");
        }
        return 0;
    }

    private List<String> names() {
        return takes.stream().map(Plan.Input::name).toList();
    }

    int find(String name) {
        for (int i = 0; i < takes.size(); i++) {
            if (takes.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the model has no input \"" + name + "\"; there are " + names());
    }

    void check(int input, boolean tokens, int features) {
        Signature wanted = takes.get(input).signature();
        boolean takesTokens = wanted.kind() == Signature.Kind.TOKENS;
        if (tokens != takesTokens || !tokens && features != wanted.features()) {
            throw new IllegalArgumentException(
                    (takes.size() == 1 ? "the model takes " : "input \"" + takes.get(input).name() + "\" takes ")
                            + wanted + ", not " + (tokens ? "token ids" : features + " features a step"));
        }
    }

    void give(int input, float[] values, int steps) {
        check(input, false, values.length);
        Signal signal = signals.get(input);
        if (signal.flow() == Signal.Flow.GIVEN && steps > 0) {
            throw new IllegalStateException(
                    "input \"" + takes.get(input).name() + "\" is a vector, which is given once "
                            + "before the first step, but the stream has had " + steps + "; reset() to start another");
        }
        System.arraycopy(values, 0, signal.values(), 0, values.length);
        given[input] = true;
    }

    void give(int input, int token) {
        check(input, true, 1);
        int[] ids = signals.get(input).token();
        if (ids != null) {
            ids[0] = token;
        }
        given[input] = true;
    }

    /// @throws IllegalStateException if something is missing for a step
    void checkGiven() {
        boolean sequence = false;
        for (int i = 0; i < given.length; i++) {
            sequence |= signals.get(i).flow() == Signal.Flow.STEP;
            if (!given[i]) {
                throw new IllegalStateException("input \"" + takes.get(i).name() + "\" has not been given "
                        + (signals.get(i).flow() == Signal.Flow.GIVEN ? "before the first step" : "for this step")
                        + "; give it with input(name, ...)");
            }
        }
        if (!sequence) {
            throw new IllegalStateException("none of the inputs " + names()
                    + " is a sequence, so there is nothing to take step by step; use predict");
        }
    }

    /// The step was taken; the next one needs its sequences again.
    void taken() {
        for (int i = 0; i < given.length; i++) {
            given[i] &= signals.get(i).flow() == Signal.Flow.GIVEN;
        }
    }

    /// Copies of the vectors, an empty array for each input that is a sequence or was not given; no entry for a single input.
    List<float[]> vectors() {
        if (takes.size() == 1) {
            return List.of();
        }
        return IntStream.range(0, given.length)
                .mapToObj(i -> given[i] && signals.get(i).flow() == Signal.Flow.GIVEN ? signals.get(i).values().clone()
                        : new float[0])
                .toList();
    }

    /// Goes back to vectors of the past; no entry for none.
    ///
    /// @throws IllegalArgumentException if they are of another model
    void restore(List<float[]> vectors) {
        for (int i = 0; i < given.length; i++) {
            float[] vector = i < vectors.size() ? vectors.get(i) : new float[0];
            float[] values = signals.get(i).values();
            boolean there = vector.length > 0;
            if (!vectors.isEmpty() && vectors.size() != given.length || there
                    && (signals.get(i).flow() != Signal.Flow.GIVEN || vector.length != values.length)) {
                throw new IllegalArgumentException("the state has vectors for other inputs than " + names()
                        + "; is it the state of another model?");
            }
            if (there) {
                System.arraycopy(vector, 0, values, 0, vector.length);
            }
            given[i] = there;
        }
    }
}
