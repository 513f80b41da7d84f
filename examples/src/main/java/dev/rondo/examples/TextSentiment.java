package dev.rondo.examples;

import static dev.rondo.op.Activation.SIGMOID;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.optim.Adam;
import dev.rondo.tasks.demo.ReviewGrammar;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;

/// Tutorial 001: the sentiment of texts with two LSTM layers.
///
/// ```python
/// tokenizer = Tokenizer(num_words=max_words)
/// tokenizer.fit_on_texts(texts)
/// padded = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=max_len)
/// model = Sequential()
/// model.add(Embedding(max_words, 100, input_length=max_len))
/// model.add(LSTM(100, return_sequences=True))
/// model.add(Dropout(0.5))
/// model.add(LSTM(50, return_sequences=False))
/// model.add(Dropout(0.5))
/// model.add(Dense(1, activation='sigmoid'))
/// model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
/// model.fit(padded, labels, epochs=10, batch_size=32)
/// ```
///
/// `--data FILE.csv` takes texts and labels from the columns `text` and `label`; without it the generated reviews of the demo are
/// used.
public final class TextSentiment {
    private TextSentiment() {}

    public static void main(String[] arguments) {
        Options.run(arguments, TextSentiment::run);
    }

    private static void run(Options options) {
        String file = options.data();
        LabelledTexts reviews = file == null
                ? ReviewGrammar.of(1).split(options.quick() ? 1000 : 4000, 2).train()
                : LabelledTexts.read(file, "text", "label").requireTwoClasses();
        int maxWords = 10_000;
        int maxLen = 50;

        TextEncoder tokenizer = TextEncoder.fit(TextPipeline.keras(maxWords, maxLen), reviews.texts(), 2);
        int[][] padded = tokenizer.encodeAll(reviews.texts(), 2);
        Sequential model = Sequential.of(
                Signature.tokens(),
                Embedding.of(maxWords, 100),
                Lstm.of(100).returnSequences(),
                Dropout.of(0.5),
                Lstm.of(50),
                Dropout.of(0.5),
                Dense.of(1).activation(SIGMOID));
        Trainer trainer = Trainer.of(model).loss(Loss.BINARY_CROSSENTROPY).optimizer(Adam.of())
                .metrics(Metric.ACCURACY);
        System.out.println(model.summary());
        Dataset train = Dataset.of(padded, Targets.binary(reviews.labels()));
        trainer.fit(train, Fit.epochs(options.quick() ? 2 : 10).batchSize(32).listener(Printed.epochs()));
    }
}
