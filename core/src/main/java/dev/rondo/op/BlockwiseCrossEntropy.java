package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A linear layer of many classes together with the cross-entropy of its softmax, by blocks of classes. Neither logits nor probabilities
/// nor their gradients `[N, V]` are stored; of exponentials as much as fits in 64 MiB.
///
/// ```text
/// z = X * W + b        L = scale * sum over rows of (log(sum over j of e^z_j) - z_target)
/// first pass   m = max over j of z_j, so far    e_j = e^(z_j - m)    s = sum over j of e_j    U = sum over j of e_j * W_j
/// join         s, U of all parts brought to the same m               dX = scale * (U / s - W_target)
/// second pass  dz_j = scale * (e_j / s - [j = target])               dW += X^T * dz           db += sum over rows of dz
/// ```
///
/// Where m grows, s and U are scaled down to it, as in the online softmax of Milakov and Gimelshein (2018). The second pass computes
/// again the exponentials that were not kept. Each pass is cut into [#parts] of the classes that may run on different threads; what
/// they give does not depend on which thread runs which.
///
/// In order: [#measure] of every part, [#join], then where gradients are wanted [#prepare], [#differentiate] of every part and [#addTo].
public final class BlockwiseCrossEntropy {
    /// The most exponentials that are kept: 64 MiB.
    public static final int MOST_KEPT = 1 << 24;
    /// Classes and rows a block: logits, weights and their gradients stay in a second-level cache of 2 MiB.
    private static final int CLASSES = 256;
    private static final int ROWS = 512;
    /// The most parts of [#parts].
    public static final int MOST_PARTS = 8;
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
    /// Of each part the sums U `[N, F]`, and of each row the weights of its target `[N, F]`; none where dX is not wanted.
    private final float[][] weighted;
    private final float[] targetWeights;
    private final ConcurrentLinkedQueue<Room> rooms = new ConcurrentLinkedQueue<>();
    /// The exponentials of the first blocks, and what was taken off the logits before.
    private final float[][] kept;
    private final float[][] takenOff;
    /// The largest logit of each row and its sum of exponentials, over all parts.
    private float[] rowMax = {};
    private float[] rowSum = {};
    private float[] transposed = {};
    private double scale;
    /// Where the gradients of w and b go; null: not wanted.
    private float @Nullable [] dw;
    private boolean overwrites;
    private float @Nullable [] db;

    /// The arrays that one thread needs at a time.
    private record Room(float[] z, float[] dz, float[] w, float[] wt, float[] dw) {}

    /// @param buffers where arrays come from; used by one thread at a time
    /// @param x `[rows, F]`
    /// @param w `[F, V]`
    /// @param b `[V]`, or null
    /// @param targets the class of each row, in [0, V)
    /// @param wantsDx whether the gradient of x will be wanted
    /// @param mostKept how many exponentials to keep at most, 0 where no second pass will come
    public BlockwiseCrossEntropy(Kernels k, Buffers buffers, int rows, float[] x, Weight w, float @Nullable [] b,
            int[] targets, boolean wantsDx, int mostKept) {
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
        kept = new float[(int) Math.min(blocks, mostKept / Math.max(1, (long) rows * CLASSES))][];
        takenOff = new float[kept.length][];
        for (int block = 0; block < kept.length; block++) {
            kept[block] = buffers.take(FIRST + rows * Math.min(CLASSES, w.columns() - block * CLASSES));
            takenOff[block] = buffers.take(rows);
        }
        weighted = new float[wantsDx ? parts : 0][];
        for (int part = 0; part < weighted.length; part++) {
            weighted[part] = buffers.take(rows, features);
        }
        targetWeights = wantsDx ? buffers.take(rows, features) : new float[0];
    }

    /// The number of parts that each pass is cut into.
    public int parts() {
        return parts;
    }

    /// The first pass over one part of the classes.
    public void measure(int part) {
        Room room = room();
        int base = part * rows;
        float[] u = weighted.length == 0 ? null : weighted[part];
        Arrays.fill(max, base, base + rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, base, base + rows, 0f);
        if (u != null) {
            Arrays.fill(u, 0, rows * features, 0f);
        }
        for (int block = firstBlock(part); block < firstBlock(part + 1); block++) {
            int from = block * CLASSES;
            int width = Math.min(CLASSES, w.columns() - from);
            PackedMatrix packed = packed(from, width, room);
            if (u != null) {
                k.pack(width, features, w.values(), from, 1, w.columns(), room.wt);
            }
            for (int row = 0; row < rows; row += ROWS) {
                int count = Math.min(ROWS, rows - row);
                logits(row, count, from, width, packed, room.z);
                float[] e = block < kept.length ? kept[block] : room.z;
                int eo = FIRST + (block < kept.length ? row * width : 0);
                for (int i = 0; i < count; i++) {
                    measure(part, row + i, from, width, room.z, FIRST + i * width, e, eo + i * width);
                }
                if (block < kept.length) {
                    System.arraycopy(max, base + row, takenOff[block], row, count);
                }
                if (u != null) {
                    k.gemm(count, 0, width, e, eo, width, 1, new PackedMatrix(width, features, room.wt), u,
                            row * features, features);
                }
            }
        }
        rooms.add(room);
    }

    /// Takes a block of a row in, and makes its exponentials.
    private void measure(int part, int row, int from, int width, float[] z, int zo, float[] e, int eo) {
        int at = part * rows + row;
        int target = targets[row] - from;
        if (target >= 0 && target < width) {
            targetLogits[row] = z[zo + target];
            if (weighted.length > 0) {
                keepWeights(row);
            }
        }
        float here = k.max(width, z, zo);
        // Also where a logit is not a number, which the sum must show.
        if (!(here <= max[at])) {
            float down = (float) Math.exp(max[at] - here);
            sum[at] *= down;
            if (weighted.length > 0) {
                k.scale(features, down, weighted[part], row * features);
            }
            max[at] = here;
            int j = 0;
            while (j < width - 1 && z[zo + j] != here) {
                j++;
            }
            best[at] = from + j;
        }
        sum[at] += k.expOfRow(width, z, zo, max[at], e, eo);
    }

    /// Keeps the weights of a row's target while its block is in the cache.
    private void keepWeights(int row) {
        for (int f = 0; f < features; f++) {
            targetWeights[row * features + f] = w.values()[f * w.columns() + targets[row]];
        }
    }

    /// Joins what the parts measured.
    ///
    /// @param losses `log(sum over j of e^z_j) - z_target` of each row, unscaled: written
    /// @param classes the most probable class of each row: written
    public void join(double[] losses, int[] classes) {
        rowMax = buffers.take(rows);
        rowSum = buffers.take(rows);
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
            rowMax[row] = most;
            rowSum[row] = (float) total;
            losses[row] = Math.log(total) - ((double) targetLogits[row] - most);
            classes[row] = first;
        }
    }

    /// Prepares the second pass; call it before, on one thread.
    ///
    /// @param scale of the loss
    /// @param dw where the gradient of w `[F, V]` goes, null: not wanted
    /// @param overwrites whether dw is written, whatever there was, instead of added to
    /// @param db where the gradient of b `[V]` is added, null: not wanted
    public void prepare(double scale, float @Nullable [] dw, boolean overwrites, float @Nullable [] db) {
        this.scale = scale;
        this.dw = dw;
        this.overwrites = overwrites;
        this.db = db;
        if (dw == null) {
            return;
        }
        transposed = buffers.take(rows, features);
        for (int row = 0; row < rows; row++) {
            for (int f = 0; f < features; f++) {
                transposed[f * rows + row] = x[row * features + f];
            }
        }
    }

    /// The second pass over one part of the classes. Parts write to different places of the gradients.
    public void differentiate(int part) {
        float[] dw = this.dw;
        float[] db = this.db;
        if (dw == null && db == null) {
            return;
        }
        Room room = room();
        for (int block = firstBlock(part); block < firstBlock(part + 1); block++) {
            int from = block * CLASSES;
            int width = Math.min(CLASSES, w.columns() - from);
            PackedMatrix packed = block < kept.length ? null : packed(from, width, room);
            Arrays.fill(room.dw, 0, FIRST + features * width, 0f);
            for (int row = 0; row < rows; row += ROWS) {
                int count = Math.min(ROWS, rows - row);
                if (packed != null) {
                    logits(row, count, from, width, packed, room.z);
                }
                logitGradient(block, row, count, from, width, room.z);
                if (db != null) {
                    k.addColumnSums(count, width, room.z, FIRST, width, db, from);
                }
                if (dw != null) {
                    k.pack(count, width, room.z, FIRST, width, 1, room.dz);
                    k.gemm(features, 0, count, transposed, row, rows, 1, new PackedMatrix(count, width, room.dz),
                            room.dw, FIRST, width);
                }
            }
            for (int f = 0; dw != null && f < features; f++) {
                int to = f * w.columns() + from;
                if (overwrites) {
                    System.arraycopy(room.dw, FIRST + f * width, dw, to, width);
                } else {
                    k.add(width, room.dw, FIRST + f * width, dw, to);
                }
            }
        }
        rooms.add(room);
    }

    /// Adds the gradient of some rows of x.
    ///
    /// @param from the first row
    /// @param count how many
    public void addTo(float[] dx, int from, int count) {
        for (int i = 0; i < count; i++) {
            int row = from + i;
            for (int part = 0; part < weighted.length; part++) {
                k.axpy(features, share(row, max[part * rows + row]), weighted[part], row * features, dx, i * features);
            }
            k.axpy(features, (float) -scale, targetWeights, row * features, dx, i * features);
        }
    }

    /// What exponentials of logits less `less` count for in the gradient of a row.
    private float share(int row, float less) {
        return (float) (scale * Math.exp((double) less - rowMax[row]) / rowSum[row]);
    }

    private int firstBlock(int part) {
        return part * blocks / parts;
    }

    private PackedMatrix packed(int from, int width, Room room) {
        k.pack(features, width, w.values(), from, w.columns(), 1, room.w);
        return new PackedMatrix(features, width, room.w);
    }

    private void logits(int row, int count, int from, int width, PackedMatrix packed, float[] z) {
        if (b == null) {
            Arrays.fill(z, FIRST, FIRST + count * width, 0f);
        } else {
            k.fillRows(count, width, b, from, z, FIRST, width);
        }
        k.gemm(count, 0, features, x, row * features, features, 1, packed, z, FIRST, width);
    }

    /// The gradient of a block's logits: of the exponentials that were kept, or of the logits.
    private void logitGradient(int block, int row, int count, int from, int width, float[] z) {
        for (int i = 0; i < count; i++) {
            int zo = FIRST + i * width;
            float less = rowMax[row + i];
            if (block < kept.length) {
                System.arraycopy(kept[block], FIRST + (row + i) * width, z, zo, width);
                less = takenOff[block][row + i];
            } else {
                k.expOfRow(width, z, zo, less, z, zo);
            }
            k.scale(width, share(row + i, less), z, zo);
            int target = targets[row + i] - from;
            if (target >= 0 && target < width) {
                z[zo + target] -= (float) scale;
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
