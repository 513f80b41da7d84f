package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The gate passes of LSTM and GRU on vectors, made of short loops over one row or a few.
///
/// One loop for all of a pass would read memory less often, but the JIT compiles loops of a hundred vector operations only by
/// chance: C2 stops inlining at a number of nodes and then boxes every vector, C1 runs out of registers and leaves the method
/// interpreted. Rows are taken in blocks that stay in the first-level cache from one loop to the next.
final class VectorGates {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /// Gate values of a block of rows: 16 KiB.
    private static final int BLOCK = 4096;

    private VectorGates() {}

    /// See [Kernels#lstmForward].
    static void lstmForward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] c, int co,
            float[] tc, int to, float[] h, int ho) {
        float[] room = VectorMath.room();
        int block = Math.max(1, BLOCK / (4 * units));
        for (int row = 0; row < rows; row += block) {
            int count = Math.min(block, rows - row);
            int s = row * units;
            int g = go + 4 * s;
            lstmActivate(a, count, units, gates, g, room);
            lstmCell(count, units, gates, g, cPrev, po + s, c, co + s);
            apply(a, count * units, c, co + s, tc, to + s, room);
            lstmOutput(count, units, gates, g, tc, to + s, h, ho + s);
        }
    }

    private static void apply(CellActivation a, int n, float[] x, int xo, float[] y, int yo, float[] room) {
        switch (a) {
            case TANH -> VectorMath.tanh(n, x, xo, y, yo, room);
            case RELU -> VectorMath.relu(n, x, xo, y, yo);
        }
    }

    /// Sigmoid of i, f and o, `a` of g, where `i f g o` of the rows follow each other: o is done together with the next row's i f.
    private static void lstmActivate(CellActivation a, int rows, int units, float[] gates, int go, float[] room) {
        VectorMath.sigmoid(2 * units, gates, go, gates, go, room);
        for (int row = 0; row < rows; row++) {
            int g = go + (4 * row + 2) * units;
            apply(a, units, gates, g, gates, g, room);
            VectorMath.sigmoid(row + 1 < rows ? 3 * units : units, gates, g + units, gates, g + units, room);
        }
    }

    /// See [Kernels#lstmBackward].
    static void lstmBackward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] tc, int to,
            float[] dh, int dho, float[] dc, int dco) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int full = S.loopBound(units);
            int g = go + 4 * s;
            switch (a) {
                case TANH -> lstmBackward(full, units, gates, g, cPrev, po + s, tc, to + s, dh, dho + s, dc, dco + s);
                case RELU ->
                    lstmReluBackward(full, units, gates, g, cPrev, po + s, tc, to + s, dh, dho + s, dc, dco + s);
            }
            PlainGates.lstmBackward(a, full, units, gates, g, cPrev, po + s, tc, to + s, dh, dho + s, dc, dco + s);
        }
    }

    private static void lstmBackward(int full, int units, float[] gates, int go, float[] cPrev, int po, float[] tc,
            int to,
            float[] dh, int dho, float[] dc, int dco) {
        for (int u = 0; u < full; u += L) {
            int gi = go + u;
            int gf = gi + units;
            int gg = gf + units;
            int gq = gg + units;
            FloatVector i = fromArray(S, gates, gi);
            FloatVector f = fromArray(S, gates, gf);
            FloatVector n = fromArray(S, gates, gg);
            FloatVector o = fromArray(S, gates, gq);
            FloatVector t = fromArray(S, tc, to + u);
            FloatVector dO = fromArray(S, dh, dho + u).mul(o);
            FloatVector dct = fromArray(S, dc, dco + u).add(dO.sub(dO.mul(t).mul(t)));
            FloatVector di = dct.mul(i);
            FloatVector df = dct.mul(f);
            // x (1 - y) as x - x y: the constant costs an operation more.
            FloatVector dig = di.mul(n);
            dig.sub(dig.mul(i)).intoArray(gates, gi);
            FloatVector dfc = df.mul(fromArray(S, cPrev, po + u));
            dfc.sub(dfc.mul(f)).intoArray(gates, gf);
            di.sub(dig.mul(n)).intoArray(gates, gg);
            FloatVector dot = dO.mul(t);
            dot.sub(dot.mul(o)).intoArray(gates, gq);
            df.intoArray(dc, dco + u);
        }
    }

    private static void lstmReluBackward(int full, int units, float[] gates, int go, float[] cPrev, int po, float[] tc,
            int to, float[] dh, int dho, float[] dc, int dco) {
        FloatVector zero = FloatVector.zero(S);
        for (int u = 0; u < full; u += L) {
            int gi = go + u;
            int gf = gi + units;
            int gg = gf + units;
            int gq = gg + units;
            FloatVector i = fromArray(S, gates, gi);
            FloatVector f = fromArray(S, gates, gf);
            FloatVector n = fromArray(S, gates, gg);
            FloatVector o = fromArray(S, gates, gq);
            FloatVector t = fromArray(S, tc, to + u);
            FloatVector dO = fromArray(S, dh, dho + u).mul(o);
            FloatVector dct = fromArray(S, dc, dco + u).add(zero.blend(dO, t.compare(VectorOperators.GT, 0f)));
            FloatVector di = dct.mul(i);
            FloatVector df = dct.mul(f);
            FloatVector dig = di.mul(n);
            dig.sub(dig.mul(i)).intoArray(gates, gi);
            FloatVector dfc = df.mul(fromArray(S, cPrev, po + u));
            dfc.sub(dfc.mul(f)).intoArray(gates, gf);
            zero.blend(di, n.compare(VectorOperators.GT, 0f)).intoArray(gates, gg);
            FloatVector dot = dO.mul(t);
            dot.sub(dot.mul(o)).intoArray(gates, gq);
            df.intoArray(dc, dco + u);
        }
    }

    /// See [Kernels#lstmCell].
    static void lstmCell(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co) {
        int full = S.loopBound(units);
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int gi = go + 4 * s;
            int gf = gi + units;
            int gg = gf + units;
            for (int u = 0; u < full; u += L) {
                FloatVector in = fromArray(S, gates, gi + u).mul(fromArray(S, gates, gg + u));
                fromArray(S, gates, gf + u).fma(fromArray(S, cPrev, po + s + u), in).intoArray(c, co + s + u);
            }
            PlainGates.lstmCell(full, units, gates, gi, cPrev, po + s, c, co + s);
        }
    }

    /// See [Kernels#lstmOutput].
    static void lstmOutput(int rows, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho) {
        int full = S.loopBound(units);
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int gq = go + 4 * s + 3 * units;
            for (int u = 0; u < full; u += L) {
                fromArray(S, gates, gq + u).mul(fromArray(S, tc, to + s + u)).intoArray(h, ho + s + u);
            }
            PlainGates.lstmOutput(full, units, gates, go + 4 * s, tc, to + s, h, ho + s);
        }
    }

    /// See [Kernels#lstmOutputBackward].
    static void lstmOutputBackward(int rows, int units, float[] gates, int go, float[] tc, int to, float[] dh, int dho,
            float[] dtc, int dto) {
        int full = S.loopBound(units);
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int gq = go + 4 * s + 3 * units;
            for (int u = 0; u < full; u += L) {
                FloatVector d = fromArray(S, dh, dho + s + u);
                d.mul(fromArray(S, gates, gq + u)).intoArray(dtc, dto + s + u);
                d.mul(fromArray(S, tc, to + s + u)).intoArray(gates, gq + u);
            }
            for (int u = full; u < units; u++) {
                float d = dh[dho + s + u];
                dtc[dto + s + u] = d * gates[gq + u];
                gates[gq + u] = d * tc[to + s + u];
            }
        }
    }

    /// See [Kernels#lstmCellBackward].
    static void lstmCellBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] dc,
            int dco) {
        int full = S.loopBound(units);
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int gi = go + 4 * s;
            int gf = gi + units;
            int gg = gf + units;
            for (int u = 0; u < full; u += L) {
                FloatVector i = fromArray(S, gates, gi + u);
                FloatVector f = fromArray(S, gates, gf + u);
                FloatVector d = fromArray(S, dc, dco + s + u);
                d.mul(fromArray(S, gates, gg + u)).intoArray(gates, gi + u);
                d.mul(fromArray(S, cPrev, po + s + u)).intoArray(gates, gf + u);
                d.mul(i).intoArray(gates, gg + u);
                d.mul(f).intoArray(dc, dco + s + u);
            }
            for (int u = full; u < units; u++) {
                float i = gates[gi + u];
                float f = gates[gf + u];
                float d = dc[dco + s + u];
                gates[gi + u] = d * gates[gg + u];
                gates[gf + u] = d * cPrev[po + s + u];
                gates[gg + u] = d * i;
                dc[dco + s + u] = d * f;
            }
        }
    }

    /// See [Kernels#gruForward].
    static void gruForward(Kernels k, int rows, int units, float[] gates, int go, float[] rec, int ro, float[] rh,
            int rho,
            float[] hPrev, int po, float[] h, int ho) {
        float[] room = VectorMath.room();
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int gz = go + 3 * s;
            int gh = gz + 2 * units;
            int rz = ro + 3 * s;
            k.add(2 * units, rec, rz, gates, gz);
            VectorMath.sigmoid(2 * units, gates, gz, gates, gz, room);
            k.multiplyAdd(units, gates, gz + units, rec, rz + 2 * units, gates, gh);
            VectorMath.tanh(units, gates, gh, gates, gh, room);
            System.arraycopy(rec, rz + 2 * units, rh, rho + s, units);
            gruOutput(units, gates, gz, gh, hPrev, po + s, h, ho + s);
        }
    }

    /// `h = z * (hPrev - hh) + hh`.
    private static void gruOutput(int units, float[] gates, int gz, int gh, float[] hPrev, int po, float[] h, int ho) {
        int u = 0;
        for (; u < S.loopBound(units); u += L) {
            FloatVector n = fromArray(S, gates, gh + u);
            fromArray(S, gates, gz + u).fma(fromArray(S, hPrev, po + u).sub(n), n).intoArray(h, ho + u);
        }
        PlainGates.gruOutput(u, units, gates, gz, hPrev, po, h, ho);
    }

    /// See [Kernels#gruBackward].
    static void gruBackward(int rows, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po,
            float[] dh, int dho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            gruBackward(units, gates, go + 3 * s, rh, rho + s, hPrev, po + s, dh, dho + s);
        }
    }

    private static void gruBackward(int units, float[] gates, int gz, float[] rh, int rho, float[] hPrev, int po,
            float[] dh,
            int dho) {
        int gr = gz + units;
        int gh = gr + units;
        int u = 0;
        for (; u < S.loopBound(units); u += L) {
            FloatVector z = fromArray(S, gates, gz + u);
            FloatVector r = fromArray(S, gates, gr + u);
            FloatVector n = fromArray(S, gates, gh + u);
            FloatVector d = fromArray(S, dh, dho + u);
            FloatVector dz = d.mul(z);
            FloatVector dn = d.sub(dz);
            dn = dn.sub(dn.mul(n).mul(n));
            FloatVector dzh = dz.mul(fromArray(S, hPrev, po + u).sub(n));
            dzh.sub(dzh.mul(z)).intoArray(gates, gz + u);
            FloatVector dr = dn.mul(r);
            FloatVector drq = dr.mul(fromArray(S, rh, rho + u));
            drq.sub(drq.mul(r)).intoArray(gates, gr + u);
            dn.intoArray(gates, gh + u);
            dr.intoArray(rh, rho + u);
            dz.intoArray(dh, dho + u);
        }
        PlainGates.gruBackward(u, units, gates, gz, rh, rho, hPrev, po, dh, dho);
    }
}
