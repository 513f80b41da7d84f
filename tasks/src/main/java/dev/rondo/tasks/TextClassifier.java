package dev.rondo.tasks;

import dev.rondo.data.Inputs;
import dev.rondo.infer.Session;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedSequential;
import dev.rondo.nn.Sequential;
import dev.rondo.tasks.text.DataFormatException;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextColumns;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.train.History;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Tells which class a text is of: sentiment, topic, language, spam.
///
/// ```java
/// LabelledTexts train = LabelledTexts.read("train.csv.gz", "text", "label");
/// TextClassifier classifier = TextClassifier.fit(train, TextTraining.defaults());
/// System.out.println(classifier.evaluate(LabelledTexts.read("test.csv.gz", "text", "label")));
/// classifier.save(Path.of("sentiment.rondo"));
/// ```
///
/// In another program, for as many threads as it has:
///
/// ```java
/// TextClassifier classifier = TextClassifier.load(Path.of("sentiment.rondo"));
/// Prediction prediction = classifier.predict("What a lovely film");
/// System.out.println(prediction.label() + " " + prediction.probability());       // pos 0.98
/// ```
///
/// The same texts, training (threads aside) and kernels give the same bits, and so do a saved classifier and the one that is loaded
/// from its file. Immutable as long as nobody changes the weights of [#model()]; safe for use by several threads.
public final class TextClassifier {
    private final SavedSequential saved;
    private final TextEncoder encoder;
    private final List<String> classes;
    private final Head head;
    private final History history;
    private final TextColumns columns;
    private final int threads;
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();

    /// What a classifier says of a text.
    ///
    /// @param label the most probable class
    /// @param probability its probability, in [0, 1]
    /// @param probabilities of all classes, in the order of [TextClassifier#classes()]; they add up to 1, rounding aside
    public record Prediction(String label, double probability, Map<String, Double> probabilities) {
        /// Copies the map.
        public Prediction {
            probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
        }
    }

    private TextClassifier(SavedSequential saved, TextEncoder encoder, List<String> classes, Head head, History history,
            TextColumns columns, int threads) {
        this.saved = saved;
        this.encoder = encoder;
        this.classes = classes;
        this.head = head;
        this.history = history;
        this.columns = columns;
        this.threads = threads;
    }

    /// Learns to tell the classes of texts apart. Classes are taken in alphabetical order; of two, the second counts as the
    /// positive one.
    ///
    /// @param train the texts
    /// @param training how to learn
    /// @throws DataFormatException if there are no texts, only one class, no words, or the validation texts have another class
    /// @throws IllegalArgumentException if the layers do not suit the classes or the vocabulary; the message says what to write
    /// @throws dev.rondo.train.TrainingException if the loss is no longer a number
    public static TextClassifier fit(LabelledTexts train, TextTraining training) {
        ClassifierFit fit = ClassifierFit.of(train, training);
        return new TextClassifier(ClassifierFile.contents(fit), fit.encoder(), fit.classes(), fit.head(),
                fit.history(), TextColumns.defaults(), training.threads());
    }

    /// A classifier of a model that was trained elsewhere, such as one that Keras saved.
    ///
    /// @param model takes token ids and ends with a Dense of one unit and sigmoid, or of a unit for each class and softmax
    /// @param encoder from texts to the model's token ids
    /// @param classes the names of the classes, in the order of the units; for one unit first that of 0, then that of 1
    /// @param provenance how the model came about
    /// @throws IllegalArgumentException if they do not fit together; the message says what to change
    public static TextClassifier of(Sequential model, TextEncoder encoder, List<String> classes,
            Provenance provenance) {
        if (Set.copyOf(classes).size() < classes.size() || classes.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("the classes are " + classes
                    + "; each needs a name of its own");
        }
        return of(ClassifierFile.imported(model, encoder, classes, provenance));
    }

    private static TextClassifier of(ClassifierFile.Loaded loaded) {
        return new TextClassifier(loaded.saved(), loaded.encoder(), loaded.classes(), loaded.head(),
                new History(List.of(), 0, false), loaded.columns(), Runtime.getRuntime().availableProcessors());
    }

    /// Measures how well the classes of texts are predicted, on all threads.
    ///
    /// @param test labelled texts that were not learnt from
    /// @throws DataFormatException if there are no texts, or one has a class that the classifier does not know; the message names it
    public ClassificationReport evaluate(LabelledTexts test) {
        if (test.size() == 0) {
            throw new DataFormatException(test.source().name() + ": there are no texts to evaluate on");
        }
        LabelledTexts known = test.withClasses(classes);
        float[][] rows = rows(known.texts());
        int[][] confusion = new int[classes.size()][classes.size()];
        double loss = 0;
        for (int i = 0; i < rows.length; i++) {
            int label = known.labels()[i];
            confusion[label][head.label(rows[i])]++;
            loss -= Math.log(Math.max(head.probability(rows[i], label), 1e-7));
        }
        return new ClassificationReport(classes, confusion, loss / rows.length);
    }

    /// Predicts the class of a text. A text without a known word is predicted too, from the unknown word alone.
    public Prediction predict(String text) {
        Session idle = sessions.poll();
        Session session = idle == null ? Session.open(saved.model()) : idle;
        Prediction prediction = prediction(session.predict(encoder.encode(text)));
        sessions.add(session);
        return prediction;
    }

    /// Predicts the classes of texts, in batches on all threads: the same bits as one by one, but faster.
    ///
    /// @param texts the texts; all are held in memory as token ids, so give a long stream in portions of some thousands
    /// @return for each text its prediction
    public List<Prediction> predict(List<String> texts) {
        List<Prediction> predictions = new ArrayList<>(texts.size());
        for (float[] row : rows(texts)) {
            predictions.add(prediction(row));
        }
        return List.copyOf(predictions);
    }

    private float[][] rows(List<String> texts) {
        return Trainer.of(saved.model()).threads(threads).predict(Inputs.tokens(encoder.encodeAll(texts, threads)));
    }

    private Prediction prediction(float[] row) {
        Map<String, Double> probabilities = new LinkedHashMap<>();
        for (int c = 0; c < classes.size(); c++) {
            probabilities.put(classes.get(c), head.probability(row, c));
        }
        int label = head.label(row);
        return new Prediction(classes.get(label), head.probability(row, label), probabilities);
    }

    /// Writes the classifier with all that it needs: layers, weights, vocabulary, the way from text to token ids, classes, how it was
    /// trained and on what.
    ///
    /// @param file such as `sentiment.rondo`; replaced in one step if it exists
    /// @throws IOException if writing fails; the file is then as it was
    public void save(Path file) throws IOException {
        saved.save(file);
    }

    /// Reads a classifier.
    ///
    /// @param file what [#save(Path)] wrote
    /// @throws dev.rondo.io.ModelFormatException if the file is not a text classifier, is damaged, or exceeds a limit
    /// @throws IOException if it cannot be read
    public static TextClassifier load(Path file) throws IOException {
        return of(ClassifierFile.load(file));
    }

    /// This classifier, sharing its weights, with so many threads for evaluation and lists of texts; they change the time and
    /// nothing else.
    ///
    /// @throws IllegalArgumentException if threads is less than 1
    public TextClassifier threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
        }
        return new TextClassifier(saved, encoder, classes, head, history, columns, threads);
    }

    /// This classifier, sharing its weights, with the names of the columns that its file shall keep, for whoever reads other data for
    /// it.
    ///
    /// @throws IllegalArgumentException if there is no label column
    public TextClassifier columns(TextColumns columns) {
        if (columns.label() == null) {
            throw new IllegalArgumentException("the columns have no label; use TextColumns.of(text, label)");
        }
        return new TextClassifier(ClassifierFile.named(saved, columns), encoder, classes, head, history, columns,
                threads);
    }

    /// The columns that texts and labels were in, to find them in other data: what [#columns(TextColumns)] was told, by default
    /// `text` and `label`.
    public TextColumns columns() {
        return columns;
    }

    /// The model; nobody may train it while the classifier is in use.
    public Sequential model() {
        return saved.model();
    }

    /// From texts to the model's token ids.
    public TextEncoder encoder() {
        return encoder;
    }

    /// The classes: in alphabetical order if they were learnt here, else as given.
    public List<String> classes() {
        return classes;
    }

    /// How training went; without epochs where the classifier was loaded: [#provenance()] then has the measures.
    public History history() {
        return history;
    }

    /// What the classifier was trained on and with, and its measures after each epoch.
    public Provenance provenance() {
        return saved.provenance();
    }

    /// The classes, the way from text to token ids, and the layers, as a table.
    public String summary() {
        TextPipeline text = encoder.pipeline();
        return "%d classes: %s\n".formatted(classes.size(), Head.names(classes))
                + "%s, %,d token ids, %s\n\n".formatted(text.tokenizer().getClass().getSimpleName(),
                        encoder.vocabulary().size(),
                        text.maxLength() == 0 ? "texts of any length"
                                : "at most %,d tokens a text".formatted(text.maxLength()))
                + model().summary();
    }
}
