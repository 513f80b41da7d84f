package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The input products of a whole table of embeddings, so that a token costs a copy instead of a product:
///
/// ```text
/// G = E W + b        E [V, F]   W [F, n]   G [V, n]
/// ```
///
/// Rows have the bits that the product for a batch of tokens gives. The table is made when as many tokens have been looked up
/// as it has rows, so that it never costs more than it saves, and anew after a change of E, W or b. Safe for use by several threads
/// while nobody writes the weights.
public final class TableProducts {
    /// The most floats that a table may take: 64 MiB.
    private static final long LIMIT = 1 << 24;

    private final Weight kernel;
    private @Nullable Made made;
    private long looked;

    /// A table and what it was made from.
    private record Made(Weight table, long tableVersion, long kernelVersion, float @Nullable [] bias, float[] gates) {
        boolean isFrom(Weight table, Weight kernel, float @Nullable [] bias) {
            return this.table == table && tableVersion == table.version() && kernelVersion == kernel.version()
                    && Arrays.equals(this.bias, bias);
        }
    }

    TableProducts(Weight kernel) {
        this.kernel = kernel;
    }

    /// Whether a table with so many rows would be small enough.
    public boolean fits(Weight table) {
        return (long) table.rows() * kernel.columns() <= LIMIT;
    }

    /// The products, or null while they do not pay.
    ///
    /// @param table all rows up to date
    /// @param lookups the number of tokens to be looked up now
    public synchronized float @Nullable [] get(Kernels k, Weight table, float @Nullable [] bias, int lookups) {
        Made have = made;
        if (have != null && have.isFrom(table, kernel, bias)) {
            return have.gates;
        }
        if (have != null) {
            made = null;
            looked = 0;
        }
        looked += lookups;
        if (looked < table.rows() || !fits(table)) {
            return null;
        }
        looked = 0;
        float[] gates = new float[table.rows() * kernel.columns()];
        AffineOp.forward(k, table.rows(), table.values(), kernel, bias, gates);
        made = new Made(table, table.version(), kernel.version(), bias == null ? null : bias.clone(), gates);
        return gates;
    }
}
