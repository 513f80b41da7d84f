package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import java.util.ArrayList;
import java.util.List;

/// Putting the rows of predictions back to their samples.
final class Predictions {
    private Predictions() {}

    /// One output for the samples of a batch.
    ///
    /// @param samples the positions of the samples in the data
    /// @param rows the output of each, row after row
    record Rows(int[] samples, float[][] rows) {
        /// A copy of the rows of each sample.
        static Rows of(Var output, Batch batch) {
            int columns = output.columns();
            float[] data = output.data();
            int[] samples = batch.samples();
            Mask mask = output.mask();
            float[][] all = new float[samples.length][];
            for (int b = 0; b < samples.length; b++) {
                int rows = !output.isSequence() ? 1 : mask == null ? output.steps().length(b) : mask.length(b);
                all[b] = new float[rows * columns];
                for (int t = 0; t < rows; t++) {
                    int row = output.isSequence() ? output.steps().row(t, b) : b;
                    System.arraycopy(data, row * columns, all[b], t * columns, columns);
                }
            }
            return new Rows(samples, all);
        }
    }

    /// The outputs of all batches in the order of the samples.
    ///
    /// @param batches for each batch, its outputs
    static List<float[][]> together(List<List<Rows>> batches, int samples) {
        List<float[][]> outputs = new ArrayList<>();
        int count = batches.isEmpty() ? 1 : batches.getFirst().size();
        for (int o = 0; o < count; o++) {
            float[][] all = new float[samples][];
            for (List<Rows> batch : batches) {
                Rows rows = batch.get(o);
                for (int b = 0; b < rows.samples.length; b++) {
                    all[rows.samples[b]] = rows.rows[b];
                }
            }
            outputs.add(all);
        }
        return outputs;
    }
}
