package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.internal.kernel.PlainMatrix;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A linear layer of many classes together with the cross-entropy of its softmax, by blocks of classes. Neither logits nor probabilities
/// nor their gradients `[N, V]` are stored; of exponentials as much as fits in 64 MiB.
///
/// ```text
/// z = X * W + b        L = scale * sum over rows of (log(sum over j of e^z_j) - z_target)
/// first pass   r near max over j of z_j, so far    e_j = e^(z_j - r)    s = sum over j of e_j    U = sum over j of e_j * W_j
/// join         s, U of all parts brought to the same r                  dX = scale * (U / s - W_target)
/// second pass  g = scale / s, for each row         dW += (g X)^T * e - scale X^T * [j = target]
///                                                  db += g^T * e     - scale * [j = target]
/// ```
///
/// Where r grows, s and U are scaled down to it, as in the online softmax of Milakov and Gimelshein (2018). It follows the largest logit
/// at some distance, so that it hardly ever grows, and g X seldom changes. The second pass computes again the exponentials that were not
/// kept. Each pass is cut into [#parts] of the classes that may run on different threads; what they give does not depend on which thread
/// runs which.
///
/// In order: [#measure] of every part, [#join], then where gradients are wanted [#prepare], [#differentiate] of every part and [#addTo].
public final class BlockwiseCrossEntropy {
    /// The most exponentials that are kept: 64 MiB.
    public static final int MOST_KEPT = 1 << 24;
    /// Classes and rows a block: weights, logits and their gradients stay in a second-level cache of 1 MiB. Rows are a multiple of the
    /// six of a tile, and no more than the products take at once.
    private static final int CLASSES = 256;
    private static final int ROWS = 126;
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
    /// A row that sums start from, and the bias where there is none.
    private final float[] zero;
    private final int[] targets;
    private final int features;
    private final int blocks;
    private final int parts;
    /// Of each part and row, the largest logit, its class, what is taken off the logits, and the sum of exponentials then.
    private final float[] max;
    private final int[] best;
    private final float[] reference;
    private final float[] sum;
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
    private double scale;
    /// Where the gradients of w and b go; null: not wanted.
    private @Nullable Sum dw;
    private float @Nullable [] db;

    /// The arrays that one thread needs at a time: logits of a block, its weights packed, their transpose, their gradient; and for all rows
    /// g X, g, and what was taken off the logits for which that holds.
    private record Room(float[] z, float[] w, float[] wt, float[] dw, float[] gx, float[] g, float[] less) {}

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
        zero = buffers.zeros(Math.min(CLASSES, w.columns()));
        max = buffers.take(parts, rows);
        reference = buffers.take(parts, rows);
        sum = buffers.take(parts, rows);
        best = new int[parts * rows];
        targetLogits = buffers.take(rows);
        kept = new float[(int) Math.min(blocks, mostKept / Math.max(1, (long) rows * apart(CLASSES)))][];
        takenOff = new float[kept.length][];
        for (int block = 0; block < kept.length; block++) {
            kept[block] = buffers.take(FIRST + rows * apart(Math.min(CLASSES, w.columns() - block * CLASSES)));
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
        Arrays.fill(reference, base, base + rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, base, base + rows, 0f);
        if (u != null) {
            Arrays.fill(u, 0, rows * features, 0f);
        }
        for (int block = firstBlock(part); block < firstBlock(part + 1); block++) {
            int from = block * CLASSES;
            int width = Math.min(CLASSES, w.columns() - from);
            int apart = apart(width);
            PackedMatrix packed = packed(from, width, room);
            if (u != null) {
                k.pack(width, features, w.values(), from, 1, w.columns(), room.wt);
            }
            for (int row = 0; row < rows; row += ROWS) {
                int count = Math.min(ROWS, rows - row);
                float[] e = block < kept.length ? kept[block] : room.z;
                int eo = FIRST + (block < kept.length ? row * apart : 0);
                logits(row, count, from, packed, e, eo, apart);
                for (int i = 0; i < count; i++) {
                    measure(part, row + i, from, width, e, eo + i * apart);
                }
                if (block < kept.length) {
                    System.arraycopy(reference, base + row, takenOff[block], row, count);
                }
                if (u != null) {
                    k.gemm(count, 0, width, e, eo, apart, 1, new PackedMatrix(width, features, room.wt), u,
                            row * features, features);
                }
            }
        }
        rooms.add(room);
    }

    /// Takes the logits of a block of a row in, and makes them exponentials.
    private void measure(int part, int row, int from, int width, float[] z, int zo) {
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
            max[at] = here;
            best[at] = from + k.indexOf(width, z, zo, here);
        }
        if (!(here <= reference[at] + Kernels.MOST_AHEAD)) {
            if (sum[at] != 0) {
                float down = (float) Math.exp(reference[at] - here);
                sum[at] *= down;
                if (weighted.length > 0) {
                    k.scale(features, down, weighted[part], row * features);
                }
            }
            reference[at] = here;
        }
        sum[at] += k.expOfRow(width, z, zo, reference[at], z, zo);
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
                total += sum[part * rows + row] * Math.exp((double) reference[part * rows + row] - most);
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
    /// @param dw where the gradient of w `[F, V]` is added, null: not wanted
    /// @param db where the gradient of b `[V]` is added, null: not wanted
    public void prepare(double scale, @Nullable Sum dw, float @Nullable [] db) {
        this.scale = scale;
        this.dw = dw;
        this.db = db;
    }

    /// The second pass over one part of the classes. Parts write to different places of the gradients.
    public void differentiate(int part) {
        Sum dw = this.dw;
        float[] db = this.db;
        if (dw == null && db == null) {
            return;
        }
        Room room = room();
        Arrays.fill(room.less, 0, rows, Float.NaN);
        for (int block = firstBlock(part); block < firstBlock(part + 1); block++) {
            int from = block * CLASSES;
            int width = Math.min(CLASSES, w.columns() - from);
            int apart = apart(width);
            PackedMatrix packed = block < kept.length ? null : packed(from, width, room);
            weigh(packed == null ? takenOff[block] : rowMax, room);
            int row = 0;
            do {
                int count = Math.min(ROWS, rows - row);
                float[] e = packed == null ? kept[block] : room.z;
                int eo = FIRST + (packed == null ? row * apart : 0);
                if (packed != null) {
                    logits(row, count, from, packed, e, eo, apart);
                    for (int i = 0; i < count; i++) {
                        k.expOfRow(width, e, eo + i * apart, rowMax[row + i], e, eo + i * apart);
                    }
                }
                var exponentials = new PlainMatrix(count, width, e, eo, apart);
                if (db != null) {
                    k.gemm(1, 0, count, room.g, row, 1, 1, exponentials, db, from, width);
                }
                if (dw != null && row == 0) {
                    k.affine(features, count, room.gx, 0, 1, features, exponentials, zero, 0, room.dw, FIRST, width);
                } else if (dw != null) {
                    k.gemm(features, 0, count, room.gx, row * features, 1, features, exponentials, room.dw, FIRST,
                            width);
                }
                row += ROWS;
            } while (row < rows);
            takeTargets(from, width, room.dw);
            for (int f = 0; dw != null && f < features; f++) {
                int to = f * w.columns() + from;
                if (dw.isEmpty()) {
                    System.arraycopy(room.dw, FIRST + f * width, dw.values(), to, width);
                } else {
                    k.add(width, room.dw, FIRST + f * width, dw.values(), to);
                }
            }
        }
        rooms.add(room);
    }

    /// Brings g and g X to what is taken off the logits of a block, which is mostly what was taken off those of the block before.
    private void weigh(float[] less, Room room) {
        for (int row = 0; row < rows; row++) {
            if (room.less[row] != less[row]) {
                float g = share(row, less[row]);
                room.less[row] = less[row];
                room.g[row] = g;
                if (dw != null) {
                    System.arraycopy(x, row * features, room.gx, row * features, features);
                    k.scale(features, g, room.gx, row * features);
                }
            }
        }
    }

    /// Takes off what the targets in a block of classes have in its gradients: `scale * X^T * [j = target]`.
    private void takeTargets(int from, int width, float[] dwBlock) {
        float one = (float) scale;
        for (int row = 0; row < rows; row++) {
            int target = targets[row] - from;
            if (target < 0 || target >= width) {
                continue;
            }
            if (db != null) {
                db[targets[row]] -= one;
            }
            for (int f = 0; dw != null && f < features; f++) {
                dwBlock[FIRST + f * width + target] -= one * x[row * features + f];
            }
        }
    }

    /// Adds the gradient of some rows of x.
    ///
    /// @param from the first row
    /// @param count how many
    public void addTo(float[] dx, int from, int count) {
        for (int i = 0; i < count; i++) {
            int row = from + i;
            for (int part = 0; part < weighted.length; part++) {
                k.axpy(features, share(row, reference[part * rows + row]), weighted[part], row * features, dx,
                        i * features);
            }
            k.axpy(features, (float) -scale, targetWeights, row * features, dx, i * features);
        }
    }

    /// g of a row, where `less` was taken off its logits.
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

    /// The distance of rows of a block of logits.
    private static int apart(int width) {
        return PlainMatrix.suits(width) ? width : width + 16;
    }

    private void logits(int row, int count, int from, PackedMatrix packed, float[] z, int zo, int apart) {
        float[] bias = b == null ? zero : b;
        k.affine(count, features, x, row * features, features, 1, packed, bias, b == null ? 0 : from, z, zo, apart);
    }

    private Room room() {
        Room free = rooms.poll();
        if (free != null) {
            return free;
        }
        int count = Math.min(ROWS, rows);
        int width = Math.min(CLASSES, w.columns());
        synchronized (buffers) {
            return new Room(buffers.take(FIRST + count * apart(width)), buffers.take(k.packedLength(features, width)),
                    buffers.take(k.packedLength(width, features)), buffers.take(FIRST + features * width),
                    buffers.take(rows, features), buffers.take(rows), buffers.take(rows));
        }
    }
}
