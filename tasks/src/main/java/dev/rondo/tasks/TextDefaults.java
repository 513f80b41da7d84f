package dev.rondo.tasks;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Optimizer;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.tasks.text.Truncation;
import dev.rondo.tasks.text.UnicodeTokenizer;
import dev.rondo.train.Evaluation;
import dev.rondo.train.History;
import dev.rondo.train.Listener;
import dev.rondo.train.Schedule;
import java.util.List;

/// What a text classifier is made of when nobody says otherwise; all of it stands here.
final class TextDefaults {
    /// Reviews and letters tend to end with their verdict, so the end is what is kept of a long text.
    static final TextPipeline TEXT = new TextPipeline(UnicodeTokenizer.of(), 30_000, 2, 400, Truncation.PRE, null);

    static final Schedule SCHEDULE = Schedule.oneCycle();
    static final Clipping CLIPPING = Clipping.globalNorm(1);
    static final double VALIDATION_SHARE = 0.05;
    static final int SLICES = 2;

    private static final int EMBEDDING = 100;
    private static final int UNITS = 64;
    /// Share of the embedding that is dropped: words must not be told from a few of their coordinates alone.
    private static final double WORD_DROPOUT = 0.6;
    private static final double DROPOUT = 0.5;

    private static final int FEW_TEXTS = 10_000;
    private static final Pace FOR_FEW = new Pace(16, Adam.of(5e-3), 2000);
    private static final Pace FOR_MANY = new Pace(32, Adam.of(4e-3), 1400);
    private static final int FEWEST_EPOCHS = 2;
    private static final int MOST_EPOCHS = 25;

    /// Fewer texts than this say too little about which epoch was the best one.
    static final int ENOUGH_TO_CHOOSE = 200;

    /// Below this loss, of training and of validation, the probability of the right class is above 0.999, and nothing is left to learn.
    private static final double LEARNT = 1e-3;
    /// The one cycle of the learning rate makes the validation loss rise on its way; a third of the run is enough to come back.
    private static final int LEAST_PATIENCE = 4;

    /// Stops where nothing is left to learn.
    static final Listener END = new Listener() {
        @Override
        public Signal onEpoch(History.Epoch epoch) {
            Evaluation validation = epoch.validation();
            boolean learnt = validation != null && validation.loss() < LEARNT && epoch.training().loss() < LEARNT;
            return learnt ? Signal.STOP : Signal.CONTINUE;
        }
    };

    /// How training goes.
    ///
    /// @param steps how many steps of the optimizer there should be at least
    private record Pace(int batchSize, Optimizer optimizer, int steps) {
        static Pace of(int texts) {
            return texts < FEW_TEXTS ? FOR_FEW : FOR_MANY;
        }
    }

    private TextDefaults() {}

    /// Both directions read the text; the strongest sign that a unit has seen anywhere counts.
    static List<Layer> layers(int vocabularySize, int classes) {
        return List.of(
                Embedding.of(vocabularySize, EMBEDDING),
                Dropout.of(WORD_DROPOUT),
                Bidirectional.of(Lstm.of(UNITS).returnSequences()),
                GlobalMaxPooling.of(),
                Dropout.of(DROPOUT),
                classes == 2
                        ? Dense.of(1).activation(Activation.SIGMOID)
                        : Dense.of(classes).activation(Activation.SOFTMAX));
    }

    /// How many epochs without a lower validation loss are enough, of so many.
    static int patience(int epochs) {
        return Math.max(LEAST_PATIENCE, Math.ceilDiv(epochs, 3));
    }

    /// The batch size for so many texts: little data needs more steps, so smaller ones.
    static int batchSize(int texts) {
        return Pace.of(texts).batchSize();
    }

    /// The optimizer for so many texts.
    static Optimizer optimizer(int texts) {
        return Pace.of(texts).optimizer();
    }

    /// Few passes over much data; over little data as many as make enough steps of the optimizer.
    static int epochs(int texts, int batchSize) {
        int steps = Math.ceilDiv(texts, batchSize);
        return Math.clamp(Math.ceilDiv(Pace.of(texts).steps(), steps), FEWEST_EPOCHS, MOST_EPOCHS);
    }
}
