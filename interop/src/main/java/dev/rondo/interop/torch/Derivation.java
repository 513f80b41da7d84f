package dev.rondo.interop.torch;

import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import java.util.List;
import java.util.stream.Collectors;

/// The layers that names and shapes of weights show, and what they leave open. Immutable and thread-safe.
///
/// A state_dict holds weights, not the program between them: activations, dropout, pooling and normalizations without scale and shift
/// leave nothing in it. So the layers are a draft, which [#architecture()] gives only if nothing visible contradicts it.
///
/// @param source what to call the file in an error
/// @param draft the layers as far as the weights show them, with a linear activation wherever a module without weights shows as a gap
///        in the numbering; a start for the layers that a person writes
/// @param open what the weights leave open, a phrase each
public record Derivation(String source, Architecture draft, List<String> open) {
    /// Copies the list.
    public Derivation {
        open = List.copyOf(open);
    }

    /// The layers, if the weights leave nothing open. [#assumption()] is still to be told.
    ///
    /// @throws ModelFormatException if they do; the message names it
    public Architecture architecture() throws ModelFormatException {
        if (!open.isEmpty()) {
            throw new ModelFormatException(source,
                    "the weights alone do not tell the layers: " + String.join("; ", open)
                            + ": give the layers with --model FILE; --derive FILE writes a draft of it");
        }
        return draft;
    }

    /// What a model of the draft takes for granted, in one line.
    public String assumption() {
        String layers = draft.layers().stream().map(Derivation::inWords).collect(Collectors.joining(", "));
        return "derived from names and shapes: " + layers
                + "; activations, dropout, pooling and normalizations without weights "
                + "leave no trace in the file and are not among them: compare the outputs with PyTorch's once, or give the layers "
                + "with --model";
    }

    private static String inWords(Layer layer) {
        return switch (layer) {
            case Embedding table -> "Embedding(" + table.inputDim() + ", " + table.outputDim() + ")";
            case Dense dense -> "Dense(" + dense.units() + ") linear";
            case Bidirectional both -> "bidirectional " + inWords(both.layer());
            case RecurrentLayer one -> (one instanceof Lstm ? "LSTM" : one.kind().equals("gru") ? "GRU" : "SimpleRNN")
                    + "(" + one.units() + ") of " + (one.returnsSequences() ? "every step" : "the last step");
            default -> layer.kind();
        };
    }
}
