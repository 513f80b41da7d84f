package dev.rondo.tasks;

import dev.rondo.nn.Layer;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Optimizer;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.train.Listener;
import dev.rondo.train.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a [TextClassifier] is made: from text to token ids, the layers, and the training.
///
/// ```java
/// TextTraining training = TextTraining.defaults()
///         .text(TextPipeline.keras(10_000, 50))
///         .layers(Embedding.of(10_000, 100), Lstm.of(100), Dense.of(1).activation(Activation.SIGMOID))
///         .optimizer(Adam.of()).schedule(Schedule.constant())
///         .epochs(10).batchSize(32).seed(42);
/// ```
///
/// Immutable; as safe for use by several threads as its listeners are.
///
/// @param text how texts become token ids
/// @param layers from token ids to probabilities
/// @param words where the embedding begins, or null for random numbers
/// @param optimizer how weights change; null to choose by the number of texts
/// @param schedule how the learning rate goes
/// @param clipping how gradients are limited
/// @param epochs passes over the data; 0 to choose by the number of texts, more for fewer, and to stop earlier where the losses are as good
///         as zero, or the validation loss that chooses the weights no longer falls
/// @param batchSize texts a step of the optimizer; 0 to choose by the number of texts, smaller for fewer
/// @param validationShare share of each class's texts to watch training with instead of learning from them, in [0, 1). Where this is
///         200 texts or more, the weights of the epoch with the lowest loss on them are kept; fewer would choose by chance. Not used
///         where `validation` is given
/// @param validation texts of their own to watch training with and to choose the epoch by, or null
/// @param seed of the initial weights, the order of the texts, dropout and the choice of validation texts
/// @param threads worker threads, at least 1; changes the time and nothing else
/// @param slices into how many parts a batch is cut, at least 1; more occupy more threads, and sums round otherwise
/// @param listeners who is told about progress
public record TextTraining(
        TextPipeline text,
        TextLayers layers,
        @Nullable WordTable words,
        @Nullable Optimizer optimizer,
        Schedule schedule,
        Clipping clipping,
        int epochs,
        int batchSize,
        double validationShare,
        @Nullable LabelledTexts validation,
        long seed,
        int threads,
        int slices,
        List<Listener> listeners) {
    /// @throws IllegalArgumentException if a number is out of range
    public TextTraining {
        Objects.requireNonNull(text, "text is null");
        Objects.requireNonNull(layers, "layers is null");
        Objects.requireNonNull(schedule, "schedule is null");
        Objects.requireNonNull(clipping, "clipping is null");
        listeners = List.copyOf(listeners);
        requireAtLeast("epochs", epochs, 0);
        requireAtLeast("batchSize", batchSize, 0);
        requireAtLeast("threads", threads, 1);
        requireAtLeast("slices", slices, 1);
        if (!(validationShare >= 0 && validationShare < 1)) {
            throw new IllegalArgumentException(
                    "validationShare is " + validationShare + "; it must be at least 0 and less than 1");
        }
    }

    /// A bidirectional LSTM over the last 400 words of a text, trained with Adam in one cycle on all processors, seed 0; one text in
    /// twenty watches.
    public static TextTraining defaults() {
        return new TextTraining(TextDefaults.TEXT, TextDefaults::layers, null, null, TextDefaults.SCHEDULE,
                TextDefaults.CLIPPING, 0, 0, TextDefaults.VALIDATION_SHARE, null, 0,
                Runtime.getRuntime().availableProcessors(), TextDefaults.SLICES, List.of());
    }

    /// Reads a file that a person wrote, with Keras's names:
    ///
    /// ```json
    /// {
    ///   "text": {"tokenizer": "keras", "vocabulary_size": 10000, "max_length": 50, "padding": "pre", "truncation": "pre"},
    ///   "layers": [
    ///     {"class_name": "Embedding", "config": {"output_dim": 100}},
    ///     {"class_name": "LSTM", "config": {"units": 100}},
    ///     {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}
    ///   ],
    ///   "training": {
    ///     "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.001, "global_clipnorm": 1.0}},
    ///     "loss": "binary_crossentropy", "batch_size": 32, "epochs": 3, "validation_share": 0.0
    ///   }
    /// }
    /// ```
    ///
    /// What is left out is as in [#defaults()], with three exceptions: the `keras` tokenizer brings Keras's defaults with it, an
    /// embedding without `input_dim` gets the size of the vocabulary, and a file that names an optimizer but no `schedule` trains at a
    /// constant rate. `tokenizer` is `keras`, `unicode` or an object with a `type` and options; `schedule` is `constant` or
    /// `one_cycle`; `padding` is `pre`, `post` or `none`.
    ///
    /// @param file the file
    /// @throws dev.rondo.io.ModelFormatException if the file is not such a description; the message names the file, the place and the
    ///         key
    /// @throws IOException if it cannot be read
    public static TextTraining read(Path file) throws IOException {
        return TrainingFile.read(file);
    }

    /// This training with all that the number of training texts decides.
    TextTraining resolved(int texts) {
        TextTraining sized = batchSize > 0 ? this : batchSize(TextDefaults.batchSize(texts));
        return sized.optimizer(optimizer != null ? optimizer : TextDefaults.optimizer(texts))
                .epochs(epochs > 0 ? epochs : TextDefaults.epochs(texts, sized.batchSize()));
    }

    /// This training with another way from text to token ids.
    public TextTraining text(TextPipeline text) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with layers that depend on the size of the vocabulary and the number of classes.
    public TextTraining layers(TextLayers layers) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with other layers; the embedding has at least as many rows as [TextPipeline#vocabularySize()].
    ///
    /// @throws IllegalArgumentException if the last layer cannot tell classes apart, or the layers do not fit together
    public TextTraining layers(Layer... layers) {
        List<Layer> fixed = List.of(layers);
        Head.of(fixed);
        return layers((vocabularySize, classes) -> fixed);
    }

    /// This training with an embedding that begins with trained word vectors, and has their length whatever the layers say. Its rows
    /// beyond the vocabulary begin with random numbers.
    ///
    /// @param words gives the vectors, or null for random numbers
    public TextTraining words(@Nullable WordTable words) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with another optimizer.
    ///
    /// @param optimizer how weights change; null to choose by the number of texts
    public TextTraining optimizer(@Nullable Optimizer optimizer) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with another schedule of the learning rate.
    public TextTraining schedule(Schedule schedule) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with gradients clipped.
    public TextTraining clipping(Clipping clipping) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with another number of epochs.
    ///
    /// @param epochs passes over the data; 0 to choose by the number of texts
    public TextTraining epochs(int epochs) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with another number of texts a step.
    ///
    /// @param batchSize how many; 0 to choose by the number of texts
    public TextTraining batchSize(int batchSize) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training watched with another share of the texts; 0 to learn from all and keep the last weights.
    public TextTraining validationShare(double validationShare) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training watched with texts of their own.
    public TextTraining validation(@Nullable LabelledTexts validation) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with another seed.
    public TextTraining seed(long seed) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with so many worker threads.
    public TextTraining threads(int threads) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with batches cut into so many parts.
    public TextTraining slices(int slices) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training with other listeners.
    public TextTraining listeners(List<Listener> listeners) {
        return new TextTraining(text, layers, words, optimizer, schedule, clipping, epochs, batchSize, validationShare,
                validation, seed, threads, slices, listeners);
    }

    /// This training watched by one more listener.
    public TextTraining listener(Listener listener) {
        List<Listener> more = new ArrayList<>(listeners);
        more.add(listener);
        return listeners(more);
    }

    private static void requireAtLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }
}
