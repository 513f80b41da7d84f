package dev.rondo.tasks.demo;

/// A review of the demo and what its writer thought.
///
/// @param text     a few sentences, 4 to 40 words
/// @param positive whether the writer was content
public record Review(String text, boolean positive) {}
