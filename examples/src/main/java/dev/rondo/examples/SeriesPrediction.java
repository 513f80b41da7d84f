package dev.rondo.examples;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.optim.Adam;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Tutorial 003: the next value of a series from the ten before it, with two simple recurrent layers.
///
/// ```python
/// model = Sequential()
/// model.add(SimpleRNN(units=32, input_shape=(10, 1), return_sequences=True))
/// model.add(SimpleRNN(units=32))
/// model.add(Dense(units=1))
/// model.compile(optimizer='adam', loss='mean_squared_error')
/// model.fit(x_train, y_train, epochs=100, batch_size=32)
/// ```
///
/// The tutorial leaves the data open. Without `--data` the series is the sum of two waves; `--data FILE.csv` takes the last column of
/// a CSV file with a header. The last fifth is kept for the test, and the error is shown beside that of repeating the last value.
public final class SeriesPrediction {
    private static final int WINDOW = 10;

    private SeriesPrediction() {}

    public static void main(String[] arguments) {
        Options.run(arguments, SeriesPrediction::run);
    }

    private static void run(Options options) throws IOException {
        String file = options.data();
        float[] series = standardised(file == null ? waves(1000) : lastColumn(Path.of(file)));
        Dataset windows = windows(series);
        int split = windows.size() * 4 / 5;
        Dataset train = windows.slice(0, split);
        Dataset test = windows.slice(split, windows.size());

        Sequential model = Sequential.of(
                Signature.sequence(1),
                SimpleRnn.of(32).returnSequences(),
                SimpleRnn.of(32),
                Dense.of(1));
        Trainer trainer = Trainer.of(model).optimizer(Adam.of()).loss(Loss.MEAN_SQUARED_ERROR);
        trainer.fit(train, Fit.epochs(options.quick() ? 10 : 100).batchSize(32).listener(Printed.everyEpochs(10)));

        System.out.printf("test error %.4f; repeating the last value %.4f%n", trainer.evaluate(test).loss(),
                repeating(series, split));
    }

    private static float[] waves(int n) {
        float[] series = new float[n];
        for (int t = 0; t < n; t++) {
            series[t] = (float) (Math.sin(0.3 * t) + 0.5 * Math.sin(0.11 * t));
        }
        return series;
    }

    private static float[] lastColumn(Path file) throws IOException {
        List<Float> values = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
            for (NamedCsvRecord row : reader) {
                values.add(Float.valueOf(row.getField(row.getFieldCount() - 1)));
            }
        }
        float[] series = new float[values.size()];
        for (int t = 0; t < series.length; t++) {
            series[t] = values.get(t);
        }
        return series;
    }

    /// Scaled by the mean and deviation of the training part.
    private static float[] standardised(float[] series) {
        int n = series.length * 4 / 5;
        double mean = 0;
        for (int t = 0; t < n; t++) {
            mean += series[t] / n;
        }
        double variance = 0;
        for (int t = 0; t < n; t++) {
            variance += (series[t] - mean) * (series[t] - mean) / n;
        }
        float[] scaled = new float[series.length];
        for (int t = 0; t < series.length; t++) {
            scaled[t] = (float) ((series[t] - mean) / Math.sqrt(variance));
        }
        return scaled;
    }

    private static Dataset windows(float[] series) {
        int count = series.length - WINDOW;
        float[][][] x = new float[count][WINDOW][1];
        float[] y = new float[count];
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < WINDOW; t++) {
                x[i][t][0] = series[i + t];
            }
            y[i] = series[i + WINDOW];
        }
        return Dataset.of(x, Targets.values(y));
    }

    private static double repeating(float[] series, int split) {
        double sum = 0;
        int count = series.length - WINDOW - split;
        for (int t = split + WINDOW; t < series.length; t++) {
            sum += (series[t] - series[t - 1]) * (series[t] - series[t - 1]);
        }
        return sum / count;
    }
}
