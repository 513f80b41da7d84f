package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tiles of [GemmTiles] that are one or two vectors wide, for matrices that are no wider and for what is left of others, of columns
/// and, where there are only sixteen registers, of rows.
final class NarrowTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private NarrowTiles() {}

    static void tile8x2(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int s5 = s4 + lds;
        int s6 = s5 + lds;
        int s7 = s6 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        int c7 = c6 + ldc;
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
        var x60 = FloatVector.fromArray(S, s, s6);
        var x61 = FloatVector.fromArray(S, s, s6 + L);
        var x70 = FloatVector.fromArray(S, s, s7);
        var x71 = FloatVector.fromArray(S, s, s7 + L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            v = FloatVector.broadcast(S, a[p + 4 * rs]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
            v = FloatVector.broadcast(S, a[p + 5 * rs]);
            x50 = v.fma(b0, x50);
            x51 = v.fma(b1, x51);
            v = FloatVector.broadcast(S, a[p + 6 * rs]);
            x60 = v.fma(b0, x60);
            x61 = v.fma(b1, x61);
            v = FloatVector.broadcast(S, a[p + 7 * rs]);
            x70 = v.fma(b0, x70);
            x71 = v.fma(b1, x71);
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
        x60.intoArray(c, c6);
        x61.intoArray(c, c6 + L);
        x70.intoArray(c, c7);
        x71.intoArray(c, c7 + L);
    }

    static void tile4x2(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
    }

    static void tile2x2(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int c1 = c0 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
    }

    static void tile1x2(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
    }

    /// Eight sums keep both units of the processor busy; fewer wait for each other.
    static void tile8x1(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int s5 = s4 + lds;
        int s6 = s5 + lds;
        int s7 = s6 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        int c7 = c6 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x50 = FloatVector.fromArray(S, s, s5);
        var x60 = FloatVector.fromArray(S, s, s6);
        var x70 = FloatVector.fromArray(S, s, s7);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            v = FloatVector.broadcast(S, a[p + 4 * rs]);
            x40 = v.fma(b0, x40);
            v = FloatVector.broadcast(S, a[p + 5 * rs]);
            x50 = v.fma(b0, x50);
            v = FloatVector.broadcast(S, a[p + 6 * rs]);
            x60 = v.fma(b0, x60);
            v = FloatVector.broadcast(S, a[p + 7 * rs]);
            x70 = v.fma(b0, x70);
        }
        x00.intoArray(c, c0);
        x10.intoArray(c, c1);
        x20.intoArray(c, c2);
        x30.intoArray(c, c3);
        x40.intoArray(c, c4);
        x50.intoArray(c, c5);
        x60.intoArray(c, c6);
        x70.intoArray(c, c7);
    }

    static void tile4x1(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x30 = FloatVector.fromArray(S, s, s3);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
        }
        x00.intoArray(c, c0);
        x10.intoArray(c, c1);
        x20.intoArray(c, c2);
        x30.intoArray(c, c3);
    }

    static void tile2x1(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int c1 = c0 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x10 = FloatVector.fromArray(S, s, s1);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
        }
        x00.intoArray(c, c0);
        x10.intoArray(c, c1);
    }

    static void tile1x1(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        var x00 = FloatVector.fromArray(S, s, s0);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
        }
        x00.intoArray(c, c0);
    }
}
