package dev.rondo.tasks.text;

/// Where rows came from, for a model's provenance.
///
/// @param name   the file's path as it was given, or a description
/// @param rows   the number of rows read
/// @param sha256 the SHA-256 of the file's bytes as they lie on disk (compressed where it is compressed), in hexadecimal
public record DataSource(String name, long rows, String sha256) {}
