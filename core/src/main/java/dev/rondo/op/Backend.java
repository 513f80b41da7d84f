package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;

/// What computes the ops in this program. Stateless and thread-safe.
public final class Backend {
    private Backend() {}

    /// The name of the kernels that were chosen, such as `vector-256` (the Vector API with 256 bits) or `scalar`. Models trained
    /// with other kernels differ in their last bits.
    public static String name() {
        return Kernels.best().name();
    }
}
