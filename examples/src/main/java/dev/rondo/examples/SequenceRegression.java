package dev.rondo.examples;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.optim.Adam;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.util.Arrays;

/// Tutorial 002: three short sequences and how they go on, with three LSTM layers.
///
/// ```python
/// X = np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5]]);  X = np.reshape(X, (X.shape[0], X.shape[1], 1))
/// y = np.array([[4, 5, 6], [5, 6, 7], [6, 7, 8]])
/// model = Sequential()
/// model.add(LSTM(50, return_sequences=True, input_shape=(X.shape[1], X.shape[2])))
/// model.add(Dropout(0.2))
/// model.add(LSTM(50, return_sequences=True))
/// model.add(Dropout(0.2))
/// model.add(LSTM(50))
/// model.add(Dropout(0.2))
/// model.add(Dense(y.shape[1]))
/// model.compile(optimizer='adam', loss='mse')
/// model.fit(X, y, epochs=100, verbose=0)
/// predictions = model.predict(X)
/// ```
///
/// `--data FILE.safetensors` takes `x` and `y` from a file instead.
public final class SequenceRegression {
    private SequenceRegression() {}

    public static void main(String[] arguments) {
        Options.run(arguments, SequenceRegression::run);
    }

    private static void run(Options options) throws IOException {
        float[][][] x = {{{1}, {2}, {3}}, {{2}, {3}, {4}}, {{3}, {4}, {5}}};
        float[][] y = {{4, 5, 6}, {5, 6, 7}, {6, 7, 8}};
        String file = options.data();
        Dataset data = file == null ? Dataset.of(x, Targets.values(y)) : Tensors.read(file);
        float[][] wanted = ((Targets.Values) data.targets()).values();

        Sequential model = Sequential.of(
                data.inputs().signature(),
                Lstm.of(50).returnSequences(),
                Dropout.of(0.2),
                Lstm.of(50).returnSequences(),
                Dropout.of(0.2),
                Lstm.of(50),
                Dropout.of(0.2),
                Dense.of(wanted[0].length));
        Trainer trainer = Trainer.of(model).optimizer(Adam.of()).loss(Loss.MEAN_SQUARED_ERROR);
        trainer.fit(data, Fit.epochs(options.quick() ? 20 : 100).listener(Printed.everyEpochs(20)));

        float[][] predictions = trainer.predict(data.inputs());
        for (int i = 0; i < Math.min(3, predictions.length); i++) {
            System.out.println("sample " + i + " goes on as " + Arrays.toString(predictions[i]) + ", should be "
                    + Arrays.toString(wanted[i]));
        }
    }
}
