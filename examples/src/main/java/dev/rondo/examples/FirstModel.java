package dev.rondo.examples;

import static dev.rondo.loss.Loss.BINARY_CROSSENTROPY;
import static dev.rondo.metric.Metric.ACCURACY;
import static dev.rondo.op.Activation.SIGMOID;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.infer.Session;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.optim.Adam;
import dev.rondo.tasks.demo.ReviewGrammar;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Trainer;

/// The model of the README: a text classifier layer by layer, trained and asked.
///
/// `--data FILE.csv` takes texts and labels from the columns `text` and `label`; without it the generated reviews of the demo are
/// used.
public final class FirstModel {
    private FirstModel() {}

    public static void main(String[] arguments) {
        Options.run(arguments, FirstModel::run);
    }

    private static void run(Options options) {
        String file = options.data();
        LabelledTexts reviews = file == null
                ? ReviewGrammar.of(1).split(options.quick() ? 1000 : 4000, 2).train()
                : LabelledTexts.read(file, "text", "label").requireTwoClasses();

        // README
        TextEncoder encoder = TextEncoder.fit(TextPipeline.unicode(), reviews.texts(), 2);
        Dataset train = Dataset.of(encoder.encodeAll(reviews.texts(), 2), Targets.binary(reviews.labels()));
        Sequential model = Sequential.of(Signature.tokens(),
                Embedding.of(encoder.vocabulary().size(), 64),
                Bidirectional.of(Lstm.of(32)),
                Dropout.of(0.5),
                Dense.of(1).activation(SIGMOID));
        Trainer trainer = Trainer.of(model).loss(BINARY_CROSSENTROPY).optimizer(Adam.of(1e-3)).metrics(ACCURACY);
        History history = trainer.fit(train, Fit.epochs(5).batchSize(32));
        float[] answer = Session.open(model).predict(encoder.encode("The plot is thin, but the acting is superb."));
        // README

        System.out.printf("training accuracy %.3f%n", history.last().training().get(ACCURACY));
        System.out.printf("probability of %s %.3f%n", reviews.classes().get(1), answer[0]);
    }
}
