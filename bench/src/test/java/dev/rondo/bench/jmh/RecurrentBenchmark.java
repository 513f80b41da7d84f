package dev.rondo.bench.jmh;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Buffers;
import dev.rondo.op.Direction;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The recurrent ops over a dense batch, forward and forward with backward, on one thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class RecurrentBenchmark {
    @Param
    RecurrentCell cell = RecurrentCell.LSTM;

    /// Steps, sequences, features, units.
    @Param({"100x16x10x50", "50x16x100x100", "100x32x512x512"})
    String shape = "";

    private final Kernels kernels = Kernels.best();
    private final SameArrays buffers = new SameArrays();
    private RecurrentCell.Problem problem = new RecurrentCell.Problem(RecurrentCell.LSTM, Steps.dense(1, 1), 1, 1);
    private RecurrentCell.Gradients gradients = problem.gradients();
    private float first;

    /// Hands out the same arrays in the same order after each rewind, as a tape's workspace does.
    private static final class SameArrays implements Buffers {
        private final List<float[]> arrays = new ArrayList<>();
        private int next;

        void rewind() {
            next = 0;
        }

        @Override
        public float[] take(int size) {
            if (next == arrays.size()) {
                arrays.add(new float[size]);
            }
            float[] array = arrays.get(next++);
            if (array.length < size) {
                throw new IllegalStateException("the op asked for other arrays than at its first call");
            }
            return array;
        }
    }

    /// Checks the op on two sequences of ten steps of the same width against the reference in double precision.
    @Setup
    public void prepare() {
        String[] sizes = shape.split("x");
        int steps = Integer.parseInt(sizes[0]);
        int batch = Integer.parseInt(sizes[1]);
        int features = Integer.parseInt(sizes[2]);
        int units = Integer.parseInt(sizes[3]);
        new RecurrentCell.Problem(cell, Steps.dense(10, 2), features, units).check(kernels);
        problem = new RecurrentCell.Problem(cell, Steps.dense(steps, batch), features, units);
        gradients = problem.gradients();
        first = sum(forward());
    }

    private static float sum(float[] lastH) {
        float sum = 0;
        for (float h : lastH) {
            sum += h;
        }
        return sum;
    }

    /// Throws unless the last call gave the bits of the first.
    @TearDown
    public void compare() {
        Close.check("the sum of the last states", first, sum(forward()), 0);
    }

    /// Forward, keeping what backward needs.
    @Benchmark
    public float[] forward() {
        buffers.rewind();
        return problem.forward(kernels, buffers, Direction.FORWARD).lastH();
    }

    /// Forward, then the gradients of input and weights.
    @Benchmark
    public float[] forwardAndBackward() {
        buffers.rewind();
        problem.forward(kernels, buffers, Direction.FORWARD).backward().into(gradients);
        return gradients.recurrent();
    }
}
