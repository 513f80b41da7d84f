package dev.rondo.examples;

import static dev.rondo.op.Activation.RELU;
import static dev.rondo.op.Activation.SIGMOID;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.optim.RmsProp;
import dev.rondo.tasks.demo.ReviewGrammar;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.train.Evaluation;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;

/// Tutorial 004: the sentiment of texts with a simple recurrent layer over the whole vocabulary.
///
/// ```python
/// tokenizer = Tokenizer()
/// tokenizer.fit_on_texts(train_data)
/// data = pad_sequences(tokenizer.texts_to_sequences(train_data), maxlen=100)
/// model = Sequential()
/// model.add(Embedding(len(word_index) + 1, 128, input_length=100))
/// model.add(SimpleRNN(100, activation='relu'))
/// model.add(Dense(1, activation='sigmoid'))
/// model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
/// model.fit(data, labels, batch_size=128, epochs=10, validation_split=0.2)
/// score, acc = model.evaluate(test_data, test_labels, batch_size=128)
/// ```
///
/// `--data FILE.csv` takes texts and labels from the columns `text` and `label` and tests on the last tenth; without it the generated
/// reviews of the demo are used.
public final class SentimentSimpleRnn {
    private SentimentSimpleRnn() {}

    public static void main(String[] arguments) {
        Options.run(arguments, SentimentSimpleRnn::run);
    }

    private static void run(Options options) {
        String file = options.data();
        LabelledTexts reviews = file == null
                ? ReviewGrammar.of(1).split(options.quick() ? 1200 : 5000, 2).train()
                : LabelledTexts.read(file, "text", "label").requireTwoClasses();

        TextPipeline pipeline = TextPipeline.keras(0, 100);
        int tested = reviews.size() / 10;
        int trained = reviews.size() - tested;
        TextEncoder tokenizer = TextEncoder.fit(pipeline, reviews.texts().subList(0, trained), 2);
        Dataset all = Dataset.of(tokenizer.encodeAll(reviews.texts(), 2), Targets.binary(reviews.labels()));
        int split = trained * 4 / 5;

        Sequential model = Sequential.of(
                Signature.tokens(),
                Embedding.of(tokenizer.vocabulary().size(), 128),
                SimpleRnn.of(100).activation(RELU),
                Dense.of(1).activation(SIGMOID));
        Trainer trainer = Trainer.of(model).loss(Loss.BINARY_CROSSENTROPY).optimizer(RmsProp.of())
                .metrics(Metric.ACCURACY);
        Fit fit = Fit.epochs(options.quick() ? 3 : 10).batchSize(128).validation(all.slice(split, trained))
                .listener(Printed.epochs());
        trainer.fit(all.slice(0, split), fit);

        Evaluation test = trainer.evaluate(all.slice(trained, all.size()));
        System.out.printf("Test score: %.4f%nTest accuracy: %.4f%n", test.loss(), test.get(Metric.ACCURACY));
    }
}
