package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tiles of [GemmTiles] that do most of the work, six rows by four vectors, for the two ways in which A lies in memory.
///
/// 24 accumulators, four vectors of B and one broadcast leave no register to spare, so the order of the loop matters. Where C2
/// proves every index in range it moves all loads of A to the front of the loop and spills accumulators to the stack; where it
/// checks every load, the checks take the ports of the multiply-adds. The loops below leave one or two checks in the middle of
/// the body, which pin the loads to their uses: for the rows the running index q of B, for the columns p and r.
final class SixRowTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private SixRowTiles() {}

    /// A by rows: `A[i, k]` is `a[ao + i * rs + k]`. B is a packed panel.
    static void rows(int kc, float[] a, int ao, int rs, float[] b, int bo, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
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
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x13 = FloatVector.fromArray(S, s, s1 + 3 * L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x22 = FloatVector.fromArray(S, s, s2 + 2 * L);
        var x23 = FloatVector.fromArray(S, s, s2 + 3 * L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x32 = FloatVector.fromArray(S, s, s3 + 2 * L);
        var x33 = FloatVector.fromArray(S, s, s3 + 3 * L);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x41 = FloatVector.fromArray(S, s, s4 + L);
        var x42 = FloatVector.fromArray(S, s, s4 + 2 * L);
        var x43 = FloatVector.fromArray(S, s, s4 + 3 * L);
        var x50 = FloatVector.fromArray(S, s, s5);
        var x51 = FloatVector.fromArray(S, s, s5 + L);
        var x52 = FloatVector.fromArray(S, s, s5 + 2 * L);
        var x53 = FloatVector.fromArray(S, s, s5 + 3 * L);
        for (int k = 0, q = bo; k < kc; k++, q += 4 * L) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var v = FloatVector.broadcast(S, a[ao + k]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            v = FloatVector.broadcast(S, a[a1 + k]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            x13 = v.fma(b3, x13);
            v = FloatVector.broadcast(S, a[a2 + k]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            x22 = v.fma(b2, x22);
            x23 = v.fma(b3, x23);
            v = FloatVector.broadcast(S, a[a3 + k]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            x32 = v.fma(b2, x32);
            x33 = v.fma(b3, x33);
            v = FloatVector.broadcast(S, a[a4 + k]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
            x42 = v.fma(b2, x42);
            x43 = v.fma(b3, x43);
            v = FloatVector.broadcast(S, a[a5 + k]);
            x50 = v.fma(b0, x50);
            x51 = v.fma(b1, x51);
            x52 = v.fma(b2, x52);
            x53 = v.fma(b3, x53);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x13.intoArray(c, c1 + 3 * L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x22.intoArray(c, c2 + 2 * L);
        x23.intoArray(c, c2 + 3 * L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x32.intoArray(c, c3 + 2 * L);
        x33.intoArray(c, c3 + 3 * L);
        x40.intoArray(c, c4);
        x41.intoArray(c, c4 + L);
        x42.intoArray(c, c4 + 2 * L);
        x43.intoArray(c, c4 + 3 * L);
        x50.intoArray(c, c5);
        x51.intoArray(c, c5 + L);
        x52.intoArray(c, c5 + 2 * L);
        x53.intoArray(c, c5 + 3 * L);
    }

    /// A transposed: `A[i, k]` is `a[ao + i + k * cs]`.
    static void columns(int kc, float[] a, int ao, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
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
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x13 = FloatVector.fromArray(S, s, s1 + 3 * L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x22 = FloatVector.fromArray(S, s, s2 + 2 * L);
        var x23 = FloatVector.fromArray(S, s, s2 + 3 * L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x32 = FloatVector.fromArray(S, s, s3 + 2 * L);
        var x33 = FloatVector.fromArray(S, s, s3 + 3 * L);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x41 = FloatVector.fromArray(S, s, s4 + L);
        var x42 = FloatVector.fromArray(S, s, s4 + 2 * L);
        var x43 = FloatVector.fromArray(S, s, s4 + 3 * L);
        var x50 = FloatVector.fromArray(S, s, s5);
        var x51 = FloatVector.fromArray(S, s, s5 + L);
        var x52 = FloatVector.fromArray(S, s, s5 + 2 * L);
        var x53 = FloatVector.fromArray(S, s, s5 + 3 * L);
        for (int k = 0, p = ao, r = ao + 3, q = bo; k < kc; k++, p += cs, r += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            v = FloatVector.broadcast(S, a[p + 1]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            x13 = v.fma(b3, x13);
            v = FloatVector.broadcast(S, a[p + 2]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            x22 = v.fma(b2, x22);
            x23 = v.fma(b3, x23);
            v = FloatVector.broadcast(S, a[r]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            x32 = v.fma(b2, x32);
            x33 = v.fma(b3, x33);
            v = FloatVector.broadcast(S, a[r + 1]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
            x42 = v.fma(b2, x42);
            x43 = v.fma(b3, x43);
            v = FloatVector.broadcast(S, a[r + 2]);
            x50 = v.fma(b0, x50);
            x51 = v.fma(b1, x51);
            x52 = v.fma(b2, x52);
            x53 = v.fma(b3, x53);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x13.intoArray(c, c1 + 3 * L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x22.intoArray(c, c2 + 2 * L);
        x23.intoArray(c, c2 + 3 * L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x32.intoArray(c, c3 + 2 * L);
        x33.intoArray(c, c3 + 3 * L);
        x40.intoArray(c, c4);
        x41.intoArray(c, c4 + L);
        x42.intoArray(c, c4 + 2 * L);
        x43.intoArray(c, c4 + 3 * L);
        x50.intoArray(c, c5);
        x51.intoArray(c, c5 + L);
        x52.intoArray(c, c5 + 2 * L);
        x53.intoArray(c, c5 + 3 * L);
    }
}
