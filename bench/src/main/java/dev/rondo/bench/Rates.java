package dev.rondo.bench;

/// What a machine does in a second at most, all threads together.
interface Rates {
    /// Operations in registers.
    double peak();

    /// Operations of one product after another, by the kernel and at the shape in question.
    double product(Part.Product product);

    /// Numbers of a pass, with everything in a cache.
    double pass(Part.Pass pass);

    /// Bytes read from that level.
    double read(Level level);

    /// Bytes of that level that are read, changed and written back; each counts once.
    double change(Level level);
}
