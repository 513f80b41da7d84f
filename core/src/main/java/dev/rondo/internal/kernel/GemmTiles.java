package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The register tiles of the matrix product: `tileRxV` makes R rows by V vectors of C from those of S, the product of R rows of A and
/// a panel of B that is V vectors wide.
///
/// ```text
/// C[i, j] = S[i, j];   for each k:  C[i, j] += A[i, k] * B[k, j]        i < R,  j < V * lanes
/// ```
///
/// S is C, or a row from which all rows start (`lds` is 0). It is loaded first and every product is one fused multiply-add in the order of
/// k. The result of an element therefore does not depend on the tile that computes it, nor on how k is cut into blocks: one row streamed
/// gives the bits of a batch.
/// Accumulators are local variables because C2 keeps them in registers only so; hence one method for each size.
/// All tiles are of one vector width: where a program also uses vectors of half of it, for a last half panel say, call sites within the
/// Vector API meet two classes, and in half of the runs C2 boxes every vector of some tile for good.
/// `A[i, k]` is `a[ao + i * rs + k * cs]`, so A may be read transposed; `B[k, j]` is `b[bo + k * ldb + j]`. Where a tile has no `ldb`, B is
/// a packed panel: that C2 knows the distance of its rows makes that tile some 15 % faster, and no other of this class. The tiles of six
/// rows and four vectors are in [SixRowTiles], those of one and two vectors in [NarrowTiles], those of a single row and a packed panel in
/// [RowTiles], and those for 256 bits in [SixteenRegisterTiles].
final class GemmTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private GemmTiles() {}

    static void tile4x5(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x04 = FloatVector.fromArray(S, s, s0 + 4 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x13 = FloatVector.fromArray(S, s, s1 + 3 * L);
        var x14 = FloatVector.fromArray(S, s, s1 + 4 * L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x22 = FloatVector.fromArray(S, s, s2 + 2 * L);
        var x23 = FloatVector.fromArray(S, s, s2 + 3 * L);
        var x24 = FloatVector.fromArray(S, s, s2 + 4 * L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x32 = FloatVector.fromArray(S, s, s3 + 2 * L);
        var x33 = FloatVector.fromArray(S, s, s3 + 3 * L);
        var x34 = FloatVector.fromArray(S, s, s3 + 4 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var b4 = FloatVector.fromArray(S, b, q + 4 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            x04 = v.fma(b4, x04);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            x13 = v.fma(b3, x13);
            x14 = v.fma(b4, x14);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            x22 = v.fma(b2, x22);
            x23 = v.fma(b3, x23);
            x24 = v.fma(b4, x24);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            x32 = v.fma(b2, x32);
            x33 = v.fma(b3, x33);
            x34 = v.fma(b4, x34);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
        x04.intoArray(c, c0 + 4 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x13.intoArray(c, c1 + 3 * L);
        x14.intoArray(c, c1 + 4 * L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x22.intoArray(c, c2 + 2 * L);
        x23.intoArray(c, c2 + 3 * L);
        x24.intoArray(c, c2 + 4 * L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x32.intoArray(c, c3 + 2 * L);
        x33.intoArray(c, c3 + 3 * L);
        x34.intoArray(c, c3 + 4 * L);
    }

    static void tile2x5(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int c1 = c0 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x04 = FloatVector.fromArray(S, s, s0 + 4 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x13 = FloatVector.fromArray(S, s, s1 + 3 * L);
        var x14 = FloatVector.fromArray(S, s, s1 + 4 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var b4 = FloatVector.fromArray(S, b, q + 4 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            x04 = v.fma(b4, x04);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            x13 = v.fma(b3, x13);
            x14 = v.fma(b4, x14);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
        x04.intoArray(c, c0 + 4 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x13.intoArray(c, c1 + 3 * L);
        x14.intoArray(c, c1 + 4 * L);
    }

    static void tile1x5(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x04 = FloatVector.fromArray(S, s, s0 + 4 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var b4 = FloatVector.fromArray(S, b, q + 4 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            x04 = v.fma(b4, x04);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
        x04.intoArray(c, c0 + 4 * L);
    }

    static void tile4x4(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
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
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            x13 = v.fma(b3, x13);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            x22 = v.fma(b2, x22);
            x23 = v.fma(b3, x23);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            x32 = v.fma(b2, x32);
            x33 = v.fma(b3, x33);
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
    }

    static void tile2x4(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int c1 = c0 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x13 = FloatVector.fromArray(S, s, s1 + 3 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += 4 * L) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            x13 = v.fma(b3, x13);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x13.intoArray(c, c1 + 3 * L);
    }

    static void tile1x4(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x03 = FloatVector.fromArray(S, s, s0 + 3 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var b3 = FloatVector.fromArray(S, b, q + 3 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            x03 = v.fma(b3, x03);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x03.intoArray(c, c0 + 3 * L);
    }

    static void tile8x3(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
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
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x22 = FloatVector.fromArray(S, s, s2 + 2 * L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x32 = FloatVector.fromArray(S, s, s3 + 2 * L);
        var x40 = FloatVector.fromArray(S, s, s4);
        var x41 = FloatVector.fromArray(S, s, s4 + L);
        var x42 = FloatVector.fromArray(S, s, s4 + 2 * L);
        var x50 = FloatVector.fromArray(S, s, s5);
        var x51 = FloatVector.fromArray(S, s, s5 + L);
        var x52 = FloatVector.fromArray(S, s, s5 + 2 * L);
        var x60 = FloatVector.fromArray(S, s, s6);
        var x61 = FloatVector.fromArray(S, s, s6 + L);
        var x62 = FloatVector.fromArray(S, s, s6 + 2 * L);
        var x70 = FloatVector.fromArray(S, s, s7);
        var x71 = FloatVector.fromArray(S, s, s7 + L);
        var x72 = FloatVector.fromArray(S, s, s7 + 2 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            x22 = v.fma(b2, x22);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            x32 = v.fma(b2, x32);
            v = FloatVector.broadcast(S, a[p + 4 * rs]);
            x40 = v.fma(b0, x40);
            x41 = v.fma(b1, x41);
            x42 = v.fma(b2, x42);
            v = FloatVector.broadcast(S, a[p + 5 * rs]);
            x50 = v.fma(b0, x50);
            x51 = v.fma(b1, x51);
            x52 = v.fma(b2, x52);
            v = FloatVector.broadcast(S, a[p + 6 * rs]);
            x60 = v.fma(b0, x60);
            x61 = v.fma(b1, x61);
            x62 = v.fma(b2, x62);
            v = FloatVector.broadcast(S, a[p + 7 * rs]);
            x70 = v.fma(b0, x70);
            x71 = v.fma(b1, x71);
            x72 = v.fma(b2, x72);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x22.intoArray(c, c2 + 2 * L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x32.intoArray(c, c3 + 2 * L);
        x40.intoArray(c, c4);
        x41.intoArray(c, c4 + L);
        x42.intoArray(c, c4 + 2 * L);
        x50.intoArray(c, c5);
        x51.intoArray(c, c5 + L);
        x52.intoArray(c, c5 + 2 * L);
        x60.intoArray(c, c6);
        x61.intoArray(c, c6 + L);
        x62.intoArray(c, c6 + 2 * L);
        x70.intoArray(c, c7);
        x71.intoArray(c, c7 + L);
        x72.intoArray(c, c7 + 2 * L);
    }

    static void tile4x3(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        var x20 = FloatVector.fromArray(S, s, s2);
        var x21 = FloatVector.fromArray(S, s, s2 + L);
        var x22 = FloatVector.fromArray(S, s, s2 + 2 * L);
        var x30 = FloatVector.fromArray(S, s, s3);
        var x31 = FloatVector.fromArray(S, s, s3 + L);
        var x32 = FloatVector.fromArray(S, s, s3 + 2 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
            v = FloatVector.broadcast(S, a[p + 2 * rs]);
            x20 = v.fma(b0, x20);
            x21 = v.fma(b1, x21);
            x22 = v.fma(b2, x22);
            v = FloatVector.broadcast(S, a[p + 3 * rs]);
            x30 = v.fma(b0, x30);
            x31 = v.fma(b1, x31);
            x32 = v.fma(b2, x32);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
        x20.intoArray(c, c2);
        x21.intoArray(c, c2 + L);
        x22.intoArray(c, c2 + 2 * L);
        x30.intoArray(c, c3);
        x31.intoArray(c, c3 + L);
        x32.intoArray(c, c3 + 2 * L);
    }

    static void tile2x3(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        int s1 = s0 + lds;
        int c1 = c0 + ldc;
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        var x10 = FloatVector.fromArray(S, s, s1);
        var x11 = FloatVector.fromArray(S, s, s1 + L);
        var x12 = FloatVector.fromArray(S, s, s1 + 2 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
            v = FloatVector.broadcast(S, a[p + rs]);
            x10 = v.fma(b0, x10);
            x11 = v.fma(b1, x11);
            x12 = v.fma(b2, x12);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
        x10.intoArray(c, c1);
        x11.intoArray(c, c1 + L);
        x12.intoArray(c, c1 + 2 * L);
    }

    static void tile1x3(int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] s, int s0,
            int lds, float[] c, int c0, int ldc) {
        var x00 = FloatVector.fromArray(S, s, s0);
        var x01 = FloatVector.fromArray(S, s, s0 + L);
        var x02 = FloatVector.fromArray(S, s, s0 + 2 * L);
        for (int k = 0, p = ao, q = bo; k < kc; k++, p += cs, q += ldb) {
            var b0 = FloatVector.fromArray(S, b, q);
            var b1 = FloatVector.fromArray(S, b, q + L);
            var b2 = FloatVector.fromArray(S, b, q + 2 * L);
            var v = FloatVector.broadcast(S, a[p]);
            x00 = v.fma(b0, x00);
            x01 = v.fma(b1, x01);
            x02 = v.fma(b2, x02);
        }
        x00.intoArray(c, c0);
        x01.intoArray(c, c0 + L);
        x02.intoArray(c, c0 + 2 * L);
    }
}
