package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tiles of [GemmTiles] that do most of the work where there are sixteen vector registers: rows by two vectors of a packed panel.
///
/// Twelve multiply-adds need eight loads, so that every further instruction costs: a processor that starts six instructions a cycle, or
/// three where a neighbour uses the same core, is bound by them and not by its multiply-adds. So these tiles leave few indices to check: for A by
/// rows all follow from k, and C2 proves them in range before the loop; for columns and single rows, whose distance it does not know, one of B counts
/// the loop, and one of A runs beside it and is checked. There C2 holds the broadcasts of several rows at a time, for which six rows leave no register.
final class SixteenRegisterTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private SixteenRegisterTiles() {}

    /// Six rows of A by rows: `A[i, k]` is `a[ao + i * rs + k]`.
    static void rows6(int kc, float[] a, int ao, int rs, float[] b, int bo, float[] s, int s0, int lds, float[] c,
            int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int s5 = s4 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int a1 = ao + rs;
        int a2 = a1 + rs;
        int a3 = a2 + rs;
        int a4 = a3 + rs;
        int a5 = a4 + rs;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x41 = FloatVector.fromArray(S, s, s4 + L);
        var x50 = FloatVector.fromArray(S, s, s5);
        var x51 = FloatVector.fromArray(S, s, s5 + L);
        for (int k = 0, q = bo; k < kc; k++, q += 2 * L) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[ao + k]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            v = FloatVector.broadcast(S, a[a1 + k]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            v = FloatVector.broadcast(S, a[a2 + k]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            v = FloatVector.broadcast(S, a[a3 + k]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            v = FloatVector.broadcast(S, a[a4 + k]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
            v = FloatVector.broadcast(S, a[a5 + k]);
            x50 = v.fma(b0, x50);
            x51 = v.fma(b1, x51);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x40.intoArray(c, c4);
        x41.intoArray(c, c4 + L);
        x50.intoArray(c, c5);
        x51.intoArray(c, c5 + L);
    }

    /// Five rows of A by rows: `A[i, k]` is `a[ao + i * rs + k]`.
    static void rows5(int kc, float[] a, int ao, int rs, float[] b, int bo, float[] s, int s0, int lds, float[] c,
            int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int a1 = ao + rs;
        int a2 = a1 + rs;
        int a3 = a2 + rs;
        int a4 = a3 + rs;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x41 = FloatVector.fromArray(S, s, s4 + L);
        for (int k = 0, q = bo; k < kc; k++, q += 2 * L) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[ao + k]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            v = FloatVector.broadcast(S, a[a1 + k]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            v = FloatVector.broadcast(S, a[a2 + k]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            v = FloatVector.broadcast(S, a[a3 + k]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            v = FloatVector.broadcast(S, a[a4 + k]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x40.intoArray(c, c4);
        x41.intoArray(c, c4 + L);
    }

    /// Five rows of A by columns: `A[i, k]` is `a[ao + i + k * cs]`.
    static void columns(int kc, float[] a, int ao, int cs, float[] b, int bo, float[] s, int s0, int lds, float[] c,
            int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x41 = FloatVector.fromArray(S, s, s4 + L);
        int end = bo + kc * 2 * L;
        for (int p = ao, q = bo; q < end; q += 2 * L, p += cs) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            v = FloatVector.broadcast(S, a[p + 1]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            v = FloatVector.broadcast(S, a[p + 2]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            v = FloatVector.broadcast(S, a[p + 3]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            v = FloatVector.broadcast(S, a[p + 4]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x40.intoArray(c, c4);
        x41.intoArray(c, c4 + L);
    }

    /// One row and two panels, the second `apart` behind the first: four sums, as many as it takes while B comes from the second-level cache.
    /// `A[k]` is `a[ao + k * cs]`.
    static void row(int kc, float[] a, int ao, int cs, float[] b, int bo, int apart, float[] s, int s0, float[] c,
            int c0) {
        var x0 = FloatVector.fromArray(S, s, s0);
        var x1 = FloatVector.fromArray(S, s, s0 + L);
        var x2 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x3 = FloatVector.fromArray(S, s, s0 + 3 * L);
        int end = bo + kc * 2 * L;
        for (int p = ao, q = bo; q < end; q += 2 * L, p += cs) {
            var v = FloatVector.broadcast(S, a[p]);
            x0 = v.fma(FloatVector.fromArray(S, b, q), x0);
            x1 = v.fma(FloatVector.fromArray(S, b, q + L), x1);
            x2 = v.fma(FloatVector.fromArray(S, b, q + apart), x2);
            x3 = v.fma(FloatVector.fromArray(S, b, q + apart + L), x3);
        }
        x0.intoArray(c, c0);
        x1.intoArray(c, c0 + L);
        x2.intoArray(c, c0 + 2 * L);
        x3.intoArray(c, c0 + 3 * L);
    }
}
