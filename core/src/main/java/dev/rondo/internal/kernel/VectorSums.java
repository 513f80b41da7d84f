package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Sums over arrays for [VectorKernels], in an order that the width of vectors and n alone decide.
///
/// The sums of the lanes are kept in an array, the room: C2 boxed such sums, as a vector that goes round the loop, in some runs of a
/// program and not in others. Several vectors are summed before they go there, so that steps wait little for one another.
final class VectorSums {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int H = D.length();
    private static final ThreadLocal<double[]> ROOM = ThreadLocal.withInitial(() -> new double[H]);

    private VectorSums() {}

    /// The sum of the first vector in the room, lane by lane: the JDK promises no order for a reduction of lanes.
    static float lanes(float[] room) {
        float sum = 0f;
        for (int lane = 0; lane < L; lane++) {
            sum += room[lane];
        }
        return sum;
    }

    /// See [Kernels#sumOfSquares]. Conversions are written out: a method for them, which hands on a vector, was boxed.
    static double squares(int n, float[] x, int xo) {
        double[] room = ROOM.get();
        int full = S.loopBound(n);
        squaresWhole(full, x, xo, room);
        double sum = 0;
        for (int lane = 0; lane < H; lane++) {
            sum += room[lane];
        }
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
