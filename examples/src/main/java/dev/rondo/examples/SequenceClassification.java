package dev.rondo.examples;

import static dev.rondo.op.Activation.RELU;
import static dev.rondo.op.Activation.SIGMOID;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.optim.Adam;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Tutorial 000: is a sequence of numbers of one kind or of another?
///
/// ```python
/// model = Sequential()
/// model.add(LSTM(50, activation='relu', input_shape=(X_train.shape[1], X_train.shape[2])))
/// model.add(Dropout(0.2))
/// model.add(Dense(1, activation='sigmoid'))
/// model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
/// model.fit(X_train, y_train, epochs=10, batch_size=32)
/// ```
///
/// The tutorial leaves the data open. Here a sequence is a noisy wave in three features, and the question is whether it is a
/// fast one. `--data FILE.safetensors` takes `x` and `y` from a file.
public final class SequenceClassification {
    private SequenceClassification() {}

    public static void main(String[] arguments) {
        Options.run(arguments, SequenceClassification::run);
    }

    private static void run(Options options) throws IOException {
        String file = options.data();
        Dataset train = file == null ? waves(options.quick() ? 400 : 2000, 30, 3) : Tensors.read(file);

        Sequential model = Sequential.of(
                train.inputs().signature(),
                Lstm.of(50).activation(RELU),
                Dropout.of(0.2),
                Dense.of(1).activation(SIGMOID));
        Trainer trainer = Trainer.of(model).optimizer(Adam.of()).loss(Loss.BINARY_CROSSENTROPY)
                .metrics(Metric.ACCURACY);
        System.out.println(model.summary());
        trainer.fit(train, Fit.epochs(options.quick() ? 3 : 10).batchSize(32).listener(Printed.epochs()));
    }

    private static Dataset waves(int samples, int steps, int features) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(0);
        float[][][] x = new float[samples][steps][features];
        float[] y = new float[samples];
        for (int i = 0; i < samples; i++) {
            y[i] = random.nextInt(2);
            double speed = y[i] == 1 ? 0.9 : 0.6;
            double phase = random.nextDouble(2 * Math.PI);
            for (int t = 0; t < steps; t++) {
                for (int f = 0; f < features; f++) {
                    x[i][t][f] = (float) (Math.sin(phase + speed * t + f) + 0.5 * random.nextGaussian());
                }
            }
        }
        return Dataset.of(x, Targets.values(y));
    }
}
