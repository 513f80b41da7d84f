package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A linear layer of many classes together with the cross-entropy of its softmax, by blocks of classes. Neither probabilities nor
/// gradients of logits `[N, V]` are stored, and of the logits as much as fits in 64 MiB.
///
/// ```text
/// z = X * W + b        L = scale * sum over rows of (log(sum over j of e^z_j) - z_target)
/// first pass   m = max over j of z_j        s = sum over j of e^(z_j - m)        both from those of the blocks
/// second pass  dz_j = scale * (e^(z_j - m) / s - [j = target])        dX += dz * W^T   dW += X^T * dz   db += sum over rows of dz
/// ```
///
/// The second pass computes again the logits that were not kept. Each pass is cut into [#parts] of the classes that may run on
/// different threads; what they give does not depend on which thread runs which.
///
/// In order: [#measure] of every part, [#join], then where gradients are wanted [#differentiate] of every part and [#addTo].
public final class BlockwiseCrossEntropy {
    /// Classes and rows a block: logits, weights and their gradients stay in a second-level cache of 2 MiB.
    private static final int CLASSES = 256;
    private static final int ROWS = 512;
    private static final int MOST_PARTS = 8;
    /// The most logits that are kept: 64 MiB.
    private static final int KEPT = 1 << 24;
    /// Where matrices start: behind the header of 16 bytes this is at a line of the cache.
    private static final int FIRST = 12;

    private final Kernels k;
    private final Buffers buffers;
    private final int rows;
    private final float[] x;
    private final Weight w;
    private final float @Nullable [] b;
    private final int[] targets;
    private final int features;
    private final int blocks;
    private final int parts;
    /// Of each part and row, the largest logit, its class, and the sum of exponentials less that.
    private final float[] max;
    private final float[] sum;
    private final int[] best;
    private final float[] targetLogits;
    private final ConcurrentLinkedQueue<Room> rooms = new ConcurrentLinkedQueue<>();
    /// The logits of the first blocks, from which their gradients are made in place.
    private final float[][] kept;
    private float[] transposed = {};
    private float[][] partialDx = {};

    /// The arrays that one thread needs at a time.
    private record Room(float[] z, float[] dz, float[] w, float[] wt, float[] dw) {}

    /// @param buffers where arrays come from; used by one thread at a time
    /// @param x `[rows, F]`
    /// @param w `[F, V]`
    /// @param b `[V]`, or null
    /// @param targets the class of each row, in [0, V)
    /// @param forGradients whether the second pass will come, for which logits are kept
    public BlockwiseCrossEntropy(Kernels k, Buffers buffers, int rows, float[] x, Weight w, float @Nullable [] b,
            int[] targets, boolean forGradients) {
        this.k = k;
        this.buffers = buffers;
        this.rows = rows;
        this.x = x;
        this.w = w;
        this.b = b;
        this.targets = targets;
        features = w.rows();
        blocks = Math.ceilDiv(w.columns(), CLASSES);
        parts = Math.min(MOST_PARTS, blocks);
        max = buffers.take(parts, rows);
        sum = buffers.take(parts, rows);
        best = new int[parts * rows];
        targetLogits = buffers.take(rows);
        kept = new float[forGradients ? (int) Math.min(blocks, KEPT / Math.max(1, (long) rows * CLASSES)) : 0][];
        for (int block = 0; block < kept.length; block++) {
            kept[block] = buffers.take(FIRST + rows * Math.min(CLASSES, w.columns() - block * CLASSES));
        }
    }

    /// The number of parts that each pass is cut into.
    public int parts() {
        return parts;
    }

    /// The first pass over one part of the classes.
    public void measure(int part) {
        Room room = room();
        int base = part * rows;
        Arrays.fill(max, base, base + rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, base, base + rows, 0f);
        for (int block = firstBlock(part); block < firstBlock(part + 1); block++) {
            int from = block * CLASSES;
            int width = Math.min(CLASSES, w.columns() - from);
            PackedMatrix packed = packed(from, width, room);
            for (int row = 0; row < rows; row += ROWS) {
                int count = Math.min(ROWS, rows - row);
                float[] z = logits(block, room);
                int zo = firstLogit(block, row, width);
                logits(row, count, from, width, packed, z, zo);
                for (int i = 0; i < count; i++) {
                    measure(base + row + i, width, z, zo + i * width, from);
                    int target = targets[row + i] - from;
                    if (target >= 0 && target < width) {
                        targetLogits[row + i] = z[zo + i * width + target];
                    }
                }
            }
        }
        rooms.add(room);
    }

    private void measure(int at, int width, float[] z, int zo, int from) {
        float here = k.max(width, z, zo);
        // Also where a logit is not a number, which the sum must show.
        if (!(here <= max[at])) {
            sum[at] *= (float) Math.exp(max[at] - here);
            max[at] = here;
            int j = 0;
            while (j < width - 1 && z[zo + j] != here) {
                j++;
            }
            best[at] = from + j;
        }
        sum[at] += k.sumOfExp(width, z, zo, max[at]);
    }

    /// Joins what the parts measured.
    ///
    /// @param losses `log(sum over j of e^z_j) - z_target` of each row, unscaled: written
    /// @param classes the most probable class of each row: written
    public void join(double[] losses, int[] classes) {
        for (int row = 0; row < rows; row++) {
            float most = max[row];
            int first = best[row];
            for (int part = 1; part < parts; part++) {
                // The negation keeps what is not a number.
                if (!(max[part * rows + row] <= most)) {
                    most = max[part * rows + row];
                    first = best[part * rows + row];
                }
            }
            double total = 0;
            for (int part = 0; part < parts; part++) {
                total += sum[part * rows + row] * Math.exp((double) max[part * rows + row] - most);
            }
            max[row] = most;
            sum[row] = (float) total;
            losses[row] = Math.log(total) - ((double) targetLogits[row] - most);
            classes[row] = first;
        }
    }

    /// Makes the arrays of the second pass; call it before, on one thread.
    ///
    /// @param wantsDx whether the gradient of x is wanted
    /// @param wantsDw whether the gradient of w is wanted
    public void prepare(boolean wantsDx, boolean wantsDw) {
        if (wantsDx) {
            partialDx = new float[parts][];
            for (int part = 0; part < parts; part++) {
                partialDx[part] = buffers.take(rows, features);
            }
        }
        if (wantsDw) {
            transposed = buffers.take(rows, features);
            for (int row = 0; row < rows; row++) {
                for (int f = 0; f < features; f++) {
                    transposed[f * rows + row] = x[row * features + f];
                }
            }
        }
    }

    /// The second pass over one part of the classes. Parts write to different places of the arrays.
    ///
    /// @param scale of the loss
    /// @param dw added to, null: not wanted
    /// @param db added to, null: not wanted
    public void differentiate(int part, double scale, float @Nullable [] dw, float @Nullable [] db) {
        Room room = room();
        float[] dx = partialDx.length == 0 ? null : partialDx[part];
        if (dx != null) {
            Arrays.fill(dx, 0, rows * features, 0f);
        }
        for (int block = firstBlock(part); block < firstBlock(part + 1); block++) {
            int from = block * CLASSES;
            int width = Math.min(CLASSES, w.columns() - from);
            boolean isKept = block < kept.length;
            PackedMatrix packed = isKept ? null : packed(from, width, room);
            if (dx != null) {
                k.pack(width, features, w.values(), from, 1, w.columns(), room.wt);
            }
            Arrays.fill(room.dw, 0, FIRST + features * width, 0f);
            for (int row = 0; row < rows; row += ROWS) {
                int count = Math.min(ROWS, rows - row);
                float[] z = logits(block, room);
                int zo = firstLogit(block, row, width);
                if (packed != null) {
                    logits(row, count, from, width, packed, z, zo);
                }
                logitGradient(row, count, from, width, scale, z, zo);
                if (db != null) {
                    k.addColumnSums(count, width, z, zo, width, db, from);
                }
                if (dx != null) {
                    k.gemm(count, 0, width, z, zo, width, 1, new PackedMatrix(width, features, room.wt), dx,
                            row * features, features);
                }
                if (dw != null) {
                    k.pack(count, width, z, zo, width, 1, room.dz);
                    k.gemm(features, 0, count, transposed, row, rows, 1, new PackedMatrix(count, width, room.dz),
                            room.dw, FIRST, width);
                }
            }
            for (int f = 0; dw != null && f < features; f++) {
                k.add(width, room.dw, FIRST + f * width, dw, f * w.columns() + from);
            }
        }
        rooms.add(room);
    }

    /// Adds the gradient of some rows of x.
    ///
    /// @param from the first row
    /// @param count how many
    public void addTo(float[] dx, int from, int count) {
        for (float[] part : partialDx) {
            k.add(count * features, part, from * features, dx, 0);
        }
    }

    private int firstBlock(int part) {
        return part * blocks / parts;
    }

    private PackedMatrix packed(int from, int width, Room room) {
        k.pack(features, width, w.values(), from, w.columns(), 1, room.w);
        return new PackedMatrix(features, width, room.w);
    }

    private float[] logits(int block, Room room) {
        return block < kept.length ? kept[block] : room.z;
    }

    private int firstLogit(int block, int row, int width) {
        return FIRST + (block < kept.length ? row * width : 0);
    }

    private void logits(int row, int count, int from, int width, PackedMatrix packed, float[] z, int zo) {
        if (b == null) {
            Arrays.fill(z, zo, zo + count * width, 0f);
        } else {
            k.fillRows(count, width, b, from, z, zo, width);
        }
        k.gemm(count, 0, features, x, row * features, features, 1, packed, z, zo, width);
    }

    private void logitGradient(int row, int count, int from, int width, double scale, float[] z, int zo) {
        for (int i = 0; i < count; i++) {
            k.expOfRow(width, z, zo + i * width, max[row + i], (float) (scale / sum[row + i]));
            int target = targets[row + i] - from;
            if (target >= 0 && target < width) {
                z[zo + i * width + target] -= (float) scale;
            }
        }
    }

    private Room room() {
        Room free = rooms.poll();
        if (free != null) {
            return free;
        }
        int count = Math.min(ROWS, rows);
        int width = Math.min(CLASSES, w.columns());
        synchronized (buffers) {
            return new Room(buffers.take(FIRST + count * width), buffers.take(k.packedLength(count, width)),
                    buffers.take(k.packedLength(features, width)), buffers.take(k.packedLength(width, features)),
                    buffers.take(FIRST + features * width));
        }
    }
}
