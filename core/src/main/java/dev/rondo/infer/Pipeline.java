package dev.rondo.infer;

import dev.rondo.data.Inputs;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.parallel.Team;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stack of layers that takes whole sequences on several threads: a recurrent layer takes the first steps while the one before is
/// busy with later ones.
///
/// ```text
/// stage 0   embedding      step 0   1   2   3 ...
/// stage 1   LSTM                    0   1   2   3 ...
/// stage 2   LSTM, dense                 0   1   2   3 ...
/// ```
///
/// Each stage is a task of a [Team] and leaves its rows to the next. Tasks are begun in order, so that a stage only ever waits for
/// one that some thread is at, however few threads there are. The layers are those of a stream, and so are the bits.
final class Pipeline implements AutoCloseable {
    private final Team team;
    private final List<Stage> stages;

    private Pipeline(Team team, List<Stage> stages) {
        this.team = team;
        this.stages = stages;
    }

    /// A pipeline for a model, or null if it has no two layers that could run at the same time.
    static @Nullable Pipeline of(Sequential model, int threads) {
        long recurrent = model.layers().stream().filter(RecurrentLayer.class::isInstance).count();
        if (threads < 2 || recurrent < 2 || model.input().kind() == Signature.Kind.VECTOR) {
            return null;
        }
        try {
            List<Stage> stages = stages(model);
            return new Pipeline(new Team(Math.min(threads, stages.size())), stages);
        } catch (IllegalStateException wholeSequences) {
            return null;
        }
    }

    /// @throws IllegalStateException if a layer needs whole sequences
    private static List<Stage> stages(Sequential model) {
        List<Stage> stages = new ArrayList<>();
        Stage stage = new Stage(null, StreamInputs.signal(model.input(), false));
        stages.add(stage);
        for (int i = 0; i < model.layers().size(); i++) {
            Layer layer = model.layers().get(i);
            if (layer instanceof RecurrentLayer && i > 0) {
                stage = new Stage(stage, stage.output().copy());
                stages.add(stage);
            }
            stage.add(Streaming.of(layer, model.modules().get(i), stage.output()));
        }
        return stages;
    }

    /// The prediction for one sequence.
    ///
    /// @param sample one sequence of what the model takes, of one step at least
    float[] predict(Inputs sample) {
        int steps = sample.length(0);
        for (Stage stage : stages) {
            stage.begin(steps);
        }
        team.run(stages.size(), s -> stages.get(s).run(sample, steps));
        return stages.getLast().prediction(steps);
    }

    @Override
    public void close() {
        team.close();
    }

    /// Some layers, and what they gave at each step so far.
    private static final class Stage {
        /// How often a stage looks for the next step before it lets others have the processor.
        private static final int SPINS = 1000;
        private static final int FAILED = -1;
        /// Steps that are handed over together: each time costs the two processors a few hundred cycles.
        private static final int TOGETHER = 4;

        private final @Nullable Stage before;
        private final Signal input;
        private final List<Streaming> layers = new ArrayList<>();
        /// The signal that each layer reads.
        private final List<Signal> reads = new ArrayList<>();
        private float[] rows = {};
        private int[] tokens = {};
        private boolean[] real = {};
        /// The number of steps whose rows are there.
        private volatile int done;

        Stage(@Nullable Stage before, Signal input) {
            this.before = before;
            this.input = input;
        }

        void add(Streaming layer) {
            reads.add(output());
            layers.add(layer);
        }

        Signal output() {
            return layers.isEmpty() ? input : layers.getLast().output();
        }

        void begin(int steps) {
            done = 0;
            int most = givesSteps() ? Math.multiplyExact(steps, output().values().length) : 0;
            if (rows.length < most) {
                rows = new float[most];
            }
            if (tokens.length < steps) {
                tokens = new int[steps];
                real = new boolean[steps];
            }
            layers.forEach(layer -> layer.restore(Streaming.Memory.NONE));
        }

        void run(Inputs sample, int steps) {
            int taken = FAILED;
            try {
                taken = take(sample, steps);
            } finally {
                done = taken;
            }
        }

        /// Takes the steps as they come.
        ///
        /// @return how many there were, or [#FAILED]
        private int take(Inputs sample, int steps) {
            int there = 0;
            for (int t = 0; t < steps; t++) {
                if (t == there) {
                    there = before == null ? steps : before.await(t);
                    if (there == FAILED) {
                        return FAILED;
                    }
                }
                give(sample, t);
                if (before != null && layers.getFirst() instanceof RecurrentStream recurrent) {
                    recurrent.ahead(Kernels.best(), before.rows, before.tokens, t, there - t);
                }
                step(t, t == steps - 1);
                keep(t);
                if ((t + 1) % TOGETHER == 0) {
                    done = t + 1;
                }
            }
            return steps;
        }

        /// The number of steps that are there as soon as step t is, or [#FAILED].
        private int await(int t) {
            int there = done;
            for (int spins = 0; there <= t && there != FAILED; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
                there = done;
            }
            return there;
        }

        private void give(Inputs sample, int t) {
            float[] values = input.values();
            int[] token = input.token();
            if (before != null) {
                System.arraycopy(before.rows, t * values.length, values, 0, values.length);
                if (token != null) {
                    token[0] = before.tokens[t];
                }
                if (input.real() != null) {
                    input.real()[0] = before.real[t];
                }
            } else if (sample instanceof Inputs.Tokens tokens && token != null) {
                token[0] = tokens.ids()[0][t];
            } else if (sample instanceof Inputs.Features features) {
                System.arraycopy(features.values()[0], t * values.length, values, 0, values.length);
            }
        }

        /// Runs the layers; those that see nothing but what would be the end of the sequence, at the end alone.
        private void step(int t, boolean last) {
            for (int i = 0; i < layers.size(); i++) {
                if (last || reads.get(i).flow() == Signal.Flow.STEP) {
                    layers.get(i).read();
                    layers.get(i).step(t);
                }
            }
        }

        /// Whether it gives a row for each step, and not one in the end.
        private boolean givesSteps() {
            return output().flow() == Signal.Flow.STEP;
        }

        private void keep(int t) {
            Signal output = output();
            if (givesSteps()) {
                System.arraycopy(output.values(), 0, rows, t * output.values().length, output.values().length);
                tokens[t] = output.token() == null ? 0 : output.token()[0];
                real[t] = output.isReal();
            }
        }

        /// What the model gives: a row, or a row for each step one after another.
        float[] prediction(int steps) {
            return givesSteps() ? Arrays.copyOf(rows, steps * output().values().length)
                    : output().values().clone();
        }
    }
}
