package dev.rondo.tasks.text;

/// The end of a sequence at which padding is put.
public enum Padding {
    /// Before the sequence, Keras's default.
    PRE,
    /// After the sequence.
    POST
}
