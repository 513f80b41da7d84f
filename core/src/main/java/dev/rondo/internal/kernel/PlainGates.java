package dev.rondo.internal.kernel;

/// Gate passes over units `u` to `units - 1` of a row in plain Java, with the roundings of [VectorGates]: the ends of its loops, and
/// whole rows for [EarlyKernels].
final class PlainGates {
    private PlainGates() {}

    /// See [Kernels#lstmBackward].
    static void lstmBackward(CellActivation a, int from, int units, float[] gates, int go, float[] cPrev, int po,
            float[] tc, int to,
            float[] dh, int dho, float[] dc, int dco) {
        for (int u = from; u < units; u++) {
            float i = gates[go + u];
            float f = gates[go + units + u];
            float n = gates[go + 2 * units + u];
            float o = gates[go + 3 * units + u];
            float t = tc[to + u];
            float dO = dh[dho + u] * o;
            float dct = dc[dco + u] + a.back(t, dO);
            float di = dct * i;
            float df = dct * f;
            float dig = di * n;
            float dfc = df * cPrev[po + u];
            float dot = dO * t;
            gates[go + u] = dig - dig * i;
            gates[go + units + u] = dfc - dfc * f;
            gates[go + 2 * units + u] = a.back(n, di);
            gates[go + 3 * units + u] = dot - dot * o;
            dc[dco + u] = df;
        }
    }

    /// See [Kernels#lstmCell].
    static void lstmCell(int from, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co) {
        for (int u = from; u < units; u++) {
            c[co + u] = Math.fma(gates[go + units + u], cPrev[po + u], gates[go + u] * gates[go + 2 * units + u]);
        }
    }

    /// See [Kernels#lstmOutput].
    static void lstmOutput(int from, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho) {
        for (int u = from; u < units; u++) {
            h[ho + u] = gates[go + 3 * units + u] * tc[to + u];
        }
    }

    /// `h = z * (hPrev - hh) + hh`.
    static void gruOutput(int from, int units, float[] gates, int go, float[] hPrev, int po, float[] h, int ho) {
        for (int u = from; u < units; u++) {
            float n = gates[go + 2 * units + u];
            h[ho + u] = Math.fma(gates[go + u], hPrev[po + u] - n, n);
        }
    }

    /// See [Kernels#gruBackward].
    static void gruBackward(int from, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po,
            float[] dh, int dho) {
        for (int u = from; u < units; u++) {
            float z = gates[go + u];
            float r = gates[go + units + u];
            float n = gates[go + 2 * units + u];
            float d = dh[dho + u];
            float dz = d * z;
            float dn = d - dz;
            dn -= dn * n * n;
            float dzh = dz * (hPrev[po + u] - n);
            float dr = dn * r;
            float drq = dr * rh[rho + u];
            gates[go + u] = dzh - dzh * z;
            gates[go + units + u] = drq - drq * r;
            gates[go + 2 * units + u] = dn;
            rh[rho + u] = dr;
            dh[dho + u] = dz;
        }
    }
}
