package dev.rondo.op;

/// The order in which a recurrent op visits the steps of each sequence.
public enum Direction {
    /// From the first real step to the last.
    FORWARD,
    /// From the last real step to the first; outputs stay at the step that they belong to.
    BACKWARD
}
