package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Sums over arrays for [VectorKernels], in an order that the width of vectors and n alone decide.
///
/// The sums of the lanes are kept in an array, the room: as a vector that goes round the loop C2 boxes them in some runs of a
/// program, not in others. Several vectors are summed before they go there, so that steps wait little for one another.
final class VectorSums {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int H = D.length();
    private static final ThreadLocal<double[]> ROOM = ThreadLocal.withInitial(() -> new double[H]);

    private VectorSums() {}

    /// The sum of the first vector in the room, lane by lane: the JDK promises no order for a reduction of lanes.
    static float lanes(float[] room) {
        float even = 0f;
        float odd = 0f;
        for (int lane = 0; lane < L; lane += 2) {
            even += room[lane];
            odd += room[lane + 1];
        }
        return even + odd;
    }

    /// See [Kernels#dot].
    static float dot(int n, float[] x, int xo, float[] y, int yo, float[] room) {
        int full = S.loopBound(n);
        dotWhole(full, x, xo, y, yo, room);
        float total = lanes(room);
        for (int i = full; i < n; i++) {
            total = Math.fma(x[xo + i], y[yo + i], total);
        }
        return total;
    }

    private static void dotWhole(int n, float[] x, int xo, float[] y, int yo, float[] room) {
        FloatVector.zero(S).intoArray(room, 0);
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            int a = xo + i;
            int b = yo + i;
            FloatVector two = fromArray(S, x, a + L).fma(fromArray(S, y, b + L),
                    fromArray(S, x, a).mul(fromArray(S, y, b)));
            FloatVector more = fromArray(S, x, a + 3 * L).fma(fromArray(S, y, b + 3 * L),
                    fromArray(S, x, a + 2 * L).mul(fromArray(S, y, b + 2 * L)));
            fromArray(S, room, 0).add(two.add(more)).intoArray(room, 0);
        }
        for (; i < n; i += L) {
            fromArray(S, x, xo + i).fma(fromArray(S, y, yo + i), fromArray(S, room, 0)).intoArray(room, 0);
        }
    }

    /// See [Kernels#sumOfSquares]. No method of ours hands on a vector: C2 boxed such ones.
    static double squares(int n, float[] x, int xo) {
        double[] room = ROOM.get();
        int full = S.loopBound(n);
        squaresWhole(full, x, xo, room);
        double even = 0;
        double odd = 0;
        for (int lane = 0; lane < H; lane += 2) {
            even += room[lane];
            odd += room[lane + 1];
        }
        double sum = even + odd;
        for (int i = full; i < n; i++) {
            sum += (double) x[xo + i] * x[xo + i];
        }
        return sum;
    }

    private static void squaresWhole(int n, float[] x, int xo, double[] room) {
        DoubleVector.zero(D).intoArray(room, 0);
        int i = 0;
        for (; i + 2 * L <= n; i += 2 * L) {
            FloatVector v = fromArray(S, x, xo + i);
            FloatVector w = fromArray(S, x, xo + i + L);
            DoubleVector a = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector b = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 1);
            DoubleVector c = (DoubleVector) w.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector d = (DoubleVector) w.convertShape(VectorOperators.F2D, D, 1);
            DoubleVector four = b.fma(b, a.mul(a)).add(d.fma(d, c.mul(c)));
            DoubleVector.fromArray(D, room, 0).add(four).intoArray(room, 0);
        }
        for (; i < n; i += L) {
            FloatVector v = fromArray(S, x, xo + i);
            DoubleVector a = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector b = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 1);
            DoubleVector.fromArray(D, room, 0).add(b.fma(b, a.mul(a))).intoArray(room, 0);
        }
    }
}
