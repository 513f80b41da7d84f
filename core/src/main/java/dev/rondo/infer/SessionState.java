package dev.rondo.infer;

import java.util.List;

/// What a session remembers of its stream: the state of each layer. Immutable.
public final class SessionState {
    static final SessionState START = new SessionState(List.of(), 0);

    private final List<Streaming.Memory> memories;
    private final int steps;

    SessionState(List<Streaming.Memory> memories, int steps) {
        this.memories = List.copyOf(memories);
        this.steps = steps;
    }

    /// The number of steps that the stream has had.
    public int steps() {
        return steps;
    }

    List<Streaming.Memory> memories() {
        return memories;
    }
}
