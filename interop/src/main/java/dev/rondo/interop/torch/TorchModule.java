package dev.rondo.interop.torch;

import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One module of a PyTorch model with its weights, as the names in a state_dict show it.
sealed interface TorchModule {
    /// Where it stands in the model, such as `encoder.lstm`; empty if it is the model.
    String name();

    /// What it is, with its sizes, for messages and to tell whether two are alike.
    String description();

    /// The gates of a recurrent module.
    enum CellKind {
        /// nn.RNN: one.
        RNN(0),
        /// nn.GRU: r z n, in Rondo z r h.
        GRU(1, 0, 2),
        /// nn.LSTM: i f g o, in Rondo as well.
        LSTM(0, 1, 2, 3);

        private final int[] order;

        CellKind(int... order) {
            this.order = order;
        }

        int gates() {
            return order.length;
        }

        /// Which of PyTorch's gates each of Rondo's is; the other way round it is the same.
        int[] order() {
            return order;
        }
    }

    /// The weights of one direction.
    ///
    /// @param input `weight_ih` [G*H, F]
    /// @param recurrent `weight_hh` [G*H, P]
    /// @param inputBias `bias_ih` [G*H]
    /// @param recurrentBias `bias_hh` [G*H]
    /// @param projection `weight_hr` [P, H]
    record Direction(Tensor input, Tensor recurrent, @Nullable Tensor inputBias, @Nullable Tensor recurrentBias,
            @Nullable Tensor projection) {}

    /// One layer of nn.RNN, nn.GRU or nn.LSTM, or one of their cells.
    ///
    /// @param layer which, from 0, or [#CELL]
    record Recurrent(String name, CellKind kind, int layer, Direction forward, @Nullable Direction backward)
            implements
                TorchModule {
        /// The layer of a cell, such as nn.LSTMCell, whose names have no number.
        static final int CELL = -1;

        /// Whether the program calls it step by step.
        boolean isCell() {
            return layer == CELL;
        }

        int units() {
            return forward.input.shape()[0] / kind.gates();
        }

        int features() {
            return forward.input.shape()[1];
        }

        boolean hasBias() {
            return forward.inputBias != null;
        }

        /// The size of what it gives, of one direction.
        int width() {
            return forward.recurrent.shape()[1];
        }

        @Override
        public String description() {
            String sizes = kind + " with " + units() + " units"
                    + (forward.projection == null ? "" : " projected to " + width()) + ", for " + features()
                    + " features";
            return (backward == null ? "" : "bidirectional ") + sizes + (hasBias() ? "" : ", without bias");
        }
    }

    /// nn.Linear; without bias it may as well be an nn.Embedding.
    ///
    /// @param weight [out, in], or [vocabulary, length]
    record Matrix(String name, Tensor weight, @Nullable Tensor bias) implements TorchModule {
        @Override
        public String description() {
            return (bias == null ? "Embedding or Linear without bias " : "Linear ")
                    + Arrays.toString(weight.shape());
        }
    }

    /// nn.LayerNorm, over the last axis.
    record Norm(String name, Tensor weight, @Nullable Tensor bias) implements TorchModule {
        @Override
        public String description() {
            return "LayerNorm of " + weight.size() + (bias == null ? ", without bias" : "");
        }
    }

    /// nn.BatchNorm1d.
    record BatchNorm(String name, @Nullable Tensor weight, @Nullable Tensor bias, Tensor mean, Tensor variance)
            implements
                TorchModule {
        @Override
        public String description() {
            return "BatchNorm1d of " + mean.size() + (weight == null ? ", without weights" : "");
        }
    }

    /// nn.Conv1d.
    ///
    /// @param weight [out, in / groups, kernel]
    record Convolution(String name, Tensor weight, @Nullable Tensor bias) implements TorchModule {
        @Override
        public String description() {
            return "Conv1d " + Arrays.toString(weight.shape()) + (bias == null ? ", without bias" : "");
        }
    }

    /// The modules in few words, for a message.
    static String list(List<? extends TorchModule> modules) {
        int most = 8;
        List<String> words = new ArrayList<>();
        modules.stream().limit(most).forEach(m -> words.add("'" + m.name() + "' (" + m.description() + ")"));
        return (words.isEmpty() ? "none" : String.join(", ", words)) + (modules.size() > most ? ", ..." : "");
    }
}
