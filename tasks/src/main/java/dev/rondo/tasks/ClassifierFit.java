package dev.rondo.tasks;

import dev.rondo.data.Dataset;
import dev.rondo.io.Provenance;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tasks.text.DataFormatException;
import dev.rondo.tasks.text.DataSource;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.Vocabulary;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import dev.rondo.train.Evaluation;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Listener;
import dev.rondo.train.Trainer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/// What comes out of training a classifier.
///
/// @param model the trained model
/// @param encoder from texts to its token ids
/// @param classes the classes, in alphabetical order
/// @param history how training went
/// @param training how it was trained, with all that the number of texts decided
/// @param provenance how the model came about
record ClassifierFit(Sequential model, TextEncoder encoder, List<String> classes, Head head, History history,
        TextTraining training,
        Provenance provenance) {

    /// Trains.
    static ClassifierFit of(LabelledTexts texts, TextTraining wanted) {
        LabelledTexts data = sorted(texts);
        LabelledTexts given = wanted.validation();
        Holdout parts = given == null ? Holdout.of(data, wanted.validationShare(), wanted.seed())
                : new Holdout(data, given.withClasses(data.classes()));
        TextTraining training = wanted.resolved(parts.train().size());
        TextEncoder encoder = TextEncoder.fit(training.text(), parts.train().texts(), training.threads());
        requireWords(encoder, data);
        int vocabularySize = encoder.vocabulary().size();
        WordTable words = training.words();
        Tensor table = words == null ? null : words.table(encoder.vocabulary());
        List<Layer> layers = training.layers().layers(vocabularySize, data.classes().size());
        layers = table == null ? layers : withLength(layers, table.dim(1));
        Head head = head(training, layers, vocabularySize, data.classes());
        Sequential model = Sequential.of(Signature.tokens(), training.seed(), layers);
        if (table != null) {
            Parameter embeddings = model.modules().getFirst().parameters().getFirst();
            System.arraycopy(table.data(), 0, embeddings.values(), 0, table.size());
            embeddings.changed();
        }
        History history = Trainer.of(model)
                .optimizer(Objects.requireNonNull(training.optimizer())).clipping(training.clipping())
                .loss(head.loss()).metrics(Metric.ACCURACY)
                .seed(training.seed()).threads(training.threads()).slices(training.slices())
                .fit(dataset(parts.train(), encoder, head, training.threads()),
                        run(training, wanted.epochs() == 0,
                                dataset(parts.validation(), encoder, head, training.threads())));
        return new ClassifierFit(model, encoder, data.classes(), head, history, training,
                provenance(training, data, history));
    }

    /// The layers with an embedding whose vectors have the length of those that are given.
    private static List<Layer> withLength(List<Layer> layers, int length) {
        if (layers.isEmpty() || !(layers.getFirst() instanceof Embedding embedding)) {
            throw new IllegalArgumentException(
                    "word vectors are given, but the first layer is no Embedding; begin with one");
        }
        List<Layer> changed = new ArrayList<>(layers);
        changed.set(0, Embedding.of(embedding.inputDim(), length));
        return changed;
    }

    /// @param open whether the number of epochs was left to Rondo, so that fewer will do where more are of no use
    private static Fit run(TextTraining training, boolean open, Dataset validation) {
        Fit fit = Fit.epochs(training.epochs()).batchSize(training.batchSize()).schedule(training.schedule());
        if (validation.size() > 0) {
            fit = fit.validation(validation);
            boolean chooses = training.validation() != null || validation.size() >= TextDefaults.ENOUGH_TO_CHOOSE;
            fit = chooses ? fit.keepBest() : fit;
            fit = chooses && open ? fit.earlyStopping(TextDefaults.patience(training.epochs())) : fit;
        }
        fit = open ? fit.listener(TextDefaults.END) : fit;
        for (Listener listener : training.listeners()) {
            fit = fit.listener(listener);
        }
        return fit;
    }

    private static Dataset dataset(LabelledTexts texts, TextEncoder encoder, Head head, int threads) {
        return Dataset.of(encoder.encodeAll(texts.texts(), threads), head.targets(texts.labels()));
    }

    /// The texts with classes in alphabetical order, without classes that no text has.
    private static LabelledTexts sorted(LabelledTexts texts) {
        if (texts.size() == 0) {
            throw new DataFormatException(texts.source().name() + ": there are no texts to learn from");
        }
        int[] counts = texts.classCounts();
        List<String> classes = new ArrayList<>();
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                classes.add(texts.classes().get(c));
            }
        }
        classes.sort(null);
        return texts.withClasses(classes).requireTwoClasses();
    }

    private static void requireWords(TextEncoder encoder, LabelledTexts texts) {
        Vocabulary vocabulary = encoder.vocabulary();
        if (vocabulary.size() <= Math.max(vocabulary.unknownId(), Vocabulary.PADDING_ID) + 1) {
            int least = encoder.pipeline().minCount();
            throw new DataFormatException(
                    "%s: no word occurs %s in the %,d texts; is this the column with the texts, or are there too few texts?"
                            .formatted(texts.source().name(), least == 1 ? "at all" : least + " times", texts.size()));
        }
    }

    private static Head head(TextTraining training, List<Layer> layers, int vocabularySize, List<String> classes) {
        try {
            return Head.of(layers, vocabularySize, classes);
        } catch (IllegalArgumentException e) {
            throw training.layers() instanceof TrainingFile.Layers file
                    ? new IllegalArgumentException(file.where() + ": layers: " + e.getMessage(), e) : e;
        }
    }

    private static Provenance provenance(TextTraining training, LabelledTexts data, History history) {
        List<Provenance.Data> sources = new ArrayList<>();
        addSource(sources, data);
        LabelledTexts validation = training.validation();
        if (validation != null) {
            addSource(sources, validation);
        }
        return new Provenance(sources, training.seed(), history.epochs().size(), metrics(history),
                Provenance.Environment.here(training.slices(), training.threads()),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /// Texts that a program made may have no digest.
    private static void addSource(List<Provenance.Data> sources, LabelledTexts texts) {
        DataSource source = texts.source();
        if (source.sha256().matches("[0-9a-f]{64}")) {
            sources.add(new Provenance.Data(source.name(), source.rows(), source.sha256()));
        }
    }

    private static SequencedMap<String, Double> metrics(History history) {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        if (!history.epochs().isEmpty()) {
            metrics.put("epoch kept", (double) history.bestEpoch());
        }
        for (History.Epoch epoch : history.epochs()) {
            add(metrics, "epoch " + epoch.number() + " training", epoch.training());
            Evaluation validation = epoch.validation();
            if (validation != null) {
                add(metrics, "epoch " + epoch.number() + " validation", validation);
            }
        }
        return metrics;
    }

    private static void add(SequencedMap<String, Double> metrics, String name, Evaluation evaluation) {
        if (Double.isFinite(evaluation.loss())) {
            metrics.put(name + " loss", evaluation.loss());
        }
        evaluation.metrics().forEach((metric, value) -> metrics.put(name + " " + metric.id(), value));
    }
}
