package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Random masks on vectors, with the bits of [ScalarKernels#dropoutMask].
final class VectorRandom {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private VectorRandom() {}

    /// See [Kernels#dropoutMask].
    static void dropoutMask(long seed, int threshold, float keep, int n, float[] mask) {
        int high = (int) (seed >>> 32);
        int kept = Float.floatToRawIntBits(keep);
        IntVector counter = IntVector.zero(I).addIndex(1).mul(Kernels.GOLDEN).add((int) seed);
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            IntVector h = counter;
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16))
                    .lanewise(VectorOperators.XOR, high)
                    .mul(Kernels.MIX_1);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13)).mul(Kernels.MIX_2);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
            // The sign of the difference fills the lane: no mask register is needed.
            IntVector dropped = h.lanewise(VectorOperators.LSHR, 8).sub(threshold).lanewise(VectorOperators.ASHR, 31);
            dropped.not().and(kept).reinterpretAsFloats().intoArray(mask, i);
            counter = counter.add(L * Kernels.GOLDEN);
        }
        for (; i < n; i++) {
            mask[i] = Kernels.dropped(seed, i, threshold) ? 0f : keep;
        }
    }
}
