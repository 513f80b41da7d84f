package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// The gate passes of LSTM and GRU on vectors: each reads and writes every element once.
final class VectorGates {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorMask<Float> ALL = S.maskAll(true);

    private VectorGates() {}

    private static VectorMask<Float> mask(int u, int units) {
        return u + L <= units ? ALL : S.indexInRange(u, units);
    }

    private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
        return FloatVector.fromArray(S, x, at, mask);
    }

    /// See [Kernels#lstmForward].
    static void lstmForward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co,
            float[] tc, int to, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 4 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gi = g + u;
                int gf = gi + units;
                int gg = gf + units;
                int gq = gg + units;
                FloatVector i = VectorMath.sigmoid(load(gates, gi, m));
                FloatVector f = VectorMath.sigmoid(load(gates, gf, m));
                FloatVector n = VectorMath.tanh(load(gates, gg, m));
                FloatVector o = VectorMath.sigmoid(load(gates, gq, m));
                FloatVector ct = f.fma(load(cPrev, po + s + u, m), i.mul(n));
                FloatVector t = VectorMath.tanh(ct);
                i.intoArray(gates, gi, m);
                f.intoArray(gates, gf, m);
                n.intoArray(gates, gg, m);
                o.intoArray(gates, gq, m);
                ct.intoArray(c, co + s + u, m);
                t.intoArray(tc, to + s + u, m);
                o.mul(t).intoArray(h, ho + s + u, m);
            }
        }
    }

    /// See [Kernels#lstmBackward].
    static void lstmBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] tc, int to,
            float[] dh, int dho, float[] dc, int dco) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 4 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gi = g + u;
                int gf = gi + units;
                int gg = gf + units;
                int gq = gg + units;
                FloatVector i = load(gates, gi, m);
                FloatVector f = load(gates, gf, m);
                FloatVector n = load(gates, gg, m);
                FloatVector o = load(gates, gq, m);
                FloatVector t = load(tc, to + s + u, m);
                FloatVector d = load(dh, dho + s + u, m);
                FloatVector dO = d.mul(o);
                FloatVector dct = load(dc, dco + s + u, m).add(dO.sub(dO.mul(t).mul(t)));
                FloatVector di = dct.mul(i);
                di.mul(n).mul(i.neg().add(1f)).intoArray(gates, gi, m);
                FloatVector df = dct.mul(f);
                df.mul(load(cPrev, po + s + u, m)).mul(f.neg().add(1f)).intoArray(gates, gf, m);
                di.sub(di.mul(n).mul(n)).intoArray(gates, gg, m);
                dO.mul(t).mul(o.neg().add(1f)).intoArray(gates, gq, m);
                df.intoArray(dc, dco + s + u, m);
            }
        }
    }

    /// See [Kernels#lstmCell].
    static void lstmCell(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 4 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gi = g + u;
                FloatVector i = load(gates, gi, m);
                FloatVector f = load(gates, gi + units, m);
                FloatVector n = load(gates, gi + 2 * units, m);
                f.fma(load(cPrev, po + s + u, m), i.mul(n)).intoArray(c, co + s + u, m);
            }
        }
    }

    /// See [Kernels#lstmOutput].
    static void lstmOutput(int rows, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 4 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                FloatVector o = load(gates, g + 3 * units + u, m);
                o.mul(load(tc, to + s + u, m)).intoArray(h, ho + s + u, m);
            }
        }
    }

    /// See [Kernels#lstmOutputBackward].
    static void lstmOutputBackward(int rows, int units, float[] gates, int go, float[] tc, int to, float[] dh, int dho,
            float[] dtc, int dto) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 4 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gq = g + 3 * units + u;
                FloatVector d = load(dh, dho + s + u, m);
                d.mul(load(gates, gq, m)).intoArray(dtc, dto + s + u, m);
                d.mul(load(tc, to + s + u, m)).intoArray(gates, gq, m);
            }
        }
    }

    /// See [Kernels#lstmCellBackward].
    static void lstmCellBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] dc,
            int dco) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 4 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gi = g + u;
                int gf = gi + units;
                int gg = gf + units;
                FloatVector i = load(gates, gi, m);
                FloatVector f = load(gates, gf, m);
                FloatVector d = load(dc, dco + s + u, m);
                d.mul(load(gates, gg, m)).intoArray(gates, gi, m);
                d.mul(load(cPrev, po + s + u, m)).intoArray(gates, gf, m);
                d.mul(i).intoArray(gates, gg, m);
                d.mul(f).intoArray(dc, dco + s + u, m);
            }
        }
    }

    /// See [Kernels#gruForward].
    static void gruForward(int rows, int units, float[] gates, int go, float[] rec, int ro, float[] rh, int rho,
            float[] hPrev, int po, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 3 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gz = g + u;
                int gr = gz + units;
                int gh = gr + units;
                int rz = ro + row * 3 * units + u;
                FloatVector z = VectorMath.sigmoid(load(gates, gz, m).add(load(rec, rz, m)));
                FloatVector r = VectorMath.sigmoid(load(gates, gr, m).add(load(rec, rz + units, m)));
                FloatVector q = load(rec, rz + 2 * units, m);
                FloatVector n = VectorMath.tanh(r.fma(q, load(gates, gh, m)));
                z.intoArray(gates, gz, m);
                r.intoArray(gates, gr, m);
                n.intoArray(gates, gh, m);
                q.intoArray(rh, rho + s + u, m);
                z.fma(load(hPrev, po + s + u, m).sub(n), n).intoArray(h, ho + s + u, m);
            }
        }
    }

    /// See [Kernels#gruBackward].
    static void gruBackward(int rows, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po,
            float[] dh, int dho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int g = go + row * 3 * units;
            for (int u = 0; u < units; u += L) {
                VectorMask<Float> m = mask(u, units);
                int gz = g + u;
                int gr = gz + units;
                int gh = gr + units;
                FloatVector z = load(gates, gz, m);
                FloatVector r = load(gates, gr, m);
                FloatVector n = load(gates, gh, m);
                FloatVector d = load(dh, dho + s + u, m);
                FloatVector dz = d.mul(z);
                FloatVector dn = d.sub(dz);
                dn = dn.sub(dn.mul(n).mul(n));
                dz.mul(load(hPrev, po + s + u, m).sub(n)).mul(z.neg().add(1f)).intoArray(gates, gz, m);
                FloatVector dr = dn.mul(r);
                dr.mul(load(rh, rho + s + u, m)).mul(r.neg().add(1f)).intoArray(gates, gr, m);
                dn.intoArray(gates, gh, m);
                dr.intoArray(rh, rho + s + u, m);
                dz.intoArray(dh, dho + s + u, m);
            }
        }
    }
}
