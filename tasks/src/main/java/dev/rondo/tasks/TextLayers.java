package dev.rondo.tasks;

import dev.rondo.nn.Layer;
import java.util.List;

/// The layers of a text classifier, made when the size of the vocabulary and the number of classes are known.
///
/// ```java
/// TextLayers averaged = (vocabularySize, classes) -> List.of(
///         Embedding.of(vocabularySize, 50),
///         GlobalMeanPooling.of(),
///         Dense.of(classes).activation(Activation.SOFTMAX));
/// ```
///
/// Implementations hold no state and give equal layers for equal arguments.
@FunctionalInterface
public interface TextLayers {
    /// Makes the layers, from token ids to probabilities.
    ///
    /// @param vocabularySize the number of token ids, reserved ones included: the first argument of an embedding
    /// @param classes the number of classes, at least 2
    /// @return the layers, first to last; the last is a Dense of one sigmoid unit (for two classes) or of a softmax unit a class
    /// @throws IllegalArgumentException if there are no layers for that many classes; the message says what to change
    List<Layer> layers(int vocabularySize, int classes);
}
