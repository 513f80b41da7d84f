package dev.rondo.infer;

import java.util.List;

/// What a session remembers of its stream: the state of each layer. Immutable.
public final class SessionState {
    static final SessionState START = new SessionState(List.of(), List.of(), 0);

    private final List<Streaming.Memory> memories;
    private final List<float[]> vectors;
    private final int steps;

    SessionState(List<Streaming.Memory> memories, List<float[]> vectors, int steps) {
        this.memories = List.copyOf(memories);
        this.vectors = List.copyOf(vectors);
        this.steps = steps;
    }

    /// The number of steps that the stream has had.
    public int steps() {
        return steps;
    }

    List<Streaming.Memory> memories() {
        return memories;
    }

    /// The vectors that were given once, in the order of the inputs; empty arrays where none was; no entry where the stream has one input.
    List<float[]> vectors() {
        return vectors;
    }
}
