package dev.rondo.bench.lab;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.internal.kernel.PlainMatrix;
import dev.rondo.internal.kernel.RightMatrix;
import java.util.Random;

/// A matrix product `C += A * B` of a shape, for [ProductsInTurns]: B is packed, or where A is transposed read in place if it may be.
public final class Product implements Runnable {
    private final int m;
    private final int n;
    private final int k;
    private final boolean transposed;
    private final float[] a;
    private final RightMatrix b;
    private final float[] c;

    /// @param shape `MxNxK` or `MxNxKT`
    public Product(String shape) {
        transposed = shape.endsWith("T");
        String[] sizes = shape.replace("T", "").split("x");
        if (!shape.matches("[1-9][0-9]{0,3}x[1-9][0-9]{0,3}x[1-9][0-9]{0,3}T?")) {
            throw new IllegalArgumentException("'" + shape
                    + "' is no shape; write for example 16x100x400 or 50x200x400T, each number from 1 to 9999");
        }
        m = Integer.parseInt(sizes[0]);
        n = Integer.parseInt(sizes[1]);
        k = Integer.parseInt(sizes[2]);
        var random = new Random(1);
        a = numbers(random, m * k);
        float[] values = numbers(random, k * n);
        c = new float[m * n];
        if (transposed && PlainMatrix.suits(n)) {
            b = new PlainMatrix(k, n, values, 0, n);
        } else {
            Kernels kernels = Kernels.best();
            float[] data = new float[kernels.packedLength(k, n)];
            kernels.pack(k, n, values, 0, n, 1, data);
            b = new PackedMatrix(k, n, data);
        }
    }

    /// So small that C, to which the same product is added at each call, stays finite.
    private static float[] numbers(Random random, int size) {
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = (random.nextFloat() - 0.5f) * 1e-3f;
        }
        return numbers;
    }

    @Override
    public void run() {
        Kernels.best().gemm(m, 0, k, a, 0, transposed ? 1 : k, transposed ? m : 1, b, c, 0, n);
    }
}
