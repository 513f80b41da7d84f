package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.tape.Var;

/// Putting the rows of a prediction back to their samples.
final class Predictions {
    private Predictions() {}

    /// Copies the rows of each sample of a batch to its place in `to`.
    static void unpack(Var prediction, Batch batch, float[][] to) {
        int columns = prediction.columns();
        float[] data = prediction.data();
        int[] samples = batch.samples();
        for (int b = 0; b < samples.length; b++) {
            int rows = prediction.isSequence() ? batch.steps().length(b) : 1;
            float[] out = new float[rows * columns];
            for (int t = 0; t < rows; t++) {
                int row = prediction.isSequence() ? batch.steps().row(t, b) : b;
                System.arraycopy(data, row * columns, out, t * columns, columns);
            }
            to[samples[b]] = out;
        }
    }
}
