package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tiles of [GemmTiles] for a single row of A and a packed panel of B that is four or five vectors wide, as in a stream.
///
/// ```text
/// C[j] = S[j];   for each k:  C[j] += A[k] * B[k, j]        j < 4 or 5 * lanes
/// ```
///
/// Each vector of B is read once and takes part in one multiply-add, so that the speed is that at which B comes from the second-level cache.
/// The loops therefore end at a place in B and not at a count: a counted one C2 would unroll, and then read two vectors of each of
/// eight rows of B before the rest, which takes longer. `A[k]` is `a[ao + k]`. The tile for 256 bits is [SixteenRegisterTiles#row].
final class RowTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private RowTiles() {}

    static void five(int kc, float[] a, int ao, float[] b, int bo, float[] s, int s0, float[] c, int c0) {
        var x0 = FloatVector.fromArray(S, s, s0);
        var x1 = FloatVector.fromArray(S, s, s0 + L);
        var x2 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x3 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x4 = FloatVector.fromArray(S, s, s0 + 4 * L);
        for (int p = ao, q = bo, end = bo + kc * 5 * L; q != end; p++, q += 5 * L) {
            var v = FloatVector.broadcast(S, a[p]);
            x0 = v.fma(FloatVector.fromArray(S, b, q), x0);
            x1 = v.fma(FloatVector.fromArray(S, b, q + L), x1);
            x2 = v.fma(FloatVector.fromArray(S, b, q + 2 * L), x2);
            x3 = v.fma(FloatVector.fromArray(S, b, q + 3 * L), x3);
            x4 = v.fma(FloatVector.fromArray(S, b, q + 4 * L), x4);
        }
        x0.intoArray(c, c0);
        x1.intoArray(c, c0 + L);
        x2.intoArray(c, c0 + 2 * L);
        x3.intoArray(c, c0 + 3 * L);
        x4.intoArray(c, c0 + 4 * L);
    }

    static void four(int kc, float[] a, int ao, float[] b, int bo, float[] s, int s0, float[] c, int c0) {
        var x0 = FloatVector.fromArray(S, s, s0);
        var x1 = FloatVector.fromArray(S, s, s0 + L);
        var x2 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x3 = FloatVector.fromArray(S, s, s0 + 3 * L);
        for (int p = ao, q = bo, end = bo + kc * 4 * L; q != end; p++, q += 4 * L) {
            var v = FloatVector.broadcast(S, a[p]);
            x0 = v.fma(FloatVector.fromArray(S, b, q), x0);
            x1 = v.fma(FloatVector.fromArray(S, b, q + L), x1);
            x2 = v.fma(FloatVector.fromArray(S, b, q + 2 * L), x2);
            x3 = v.fma(FloatVector.fromArray(S, b, q + 3 * L), x3);
        }
        x0.intoArray(c, c0);
        x1.intoArray(c, c0 + L);
        x2.intoArray(c, c0 + 2 * L);
        x3.intoArray(c, c0 + 3 * L);
    }
}
