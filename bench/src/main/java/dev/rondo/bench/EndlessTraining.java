package dev.rondo.bench;

import dev.rondo.train.History;
import dev.rondo.train.Listener;
import java.util.stream.Collectors;

/// A workload's training without end, for [dev.rondo.bench.lab.TrainingInTurns].
///
/// @param workload the name of one that trains
/// @param threads worker threads, at least 1
/// @param afterStep is run after each step, on the thread that trains
public record EndlessTraining(String workload, int threads, Runnable afterStep) implements Runnable {
    /// @throws IllegalArgumentException if there is no such workload, or it does not train step by step
    public EndlessTraining {
        if (!trains(Workload.of(workload))) {
            throw new IllegalArgumentException(workload + " does not train step by step; there are " + Workloads.ALL
                    .stream().filter(EndlessTraining::trains).map(Workload::name).collect(Collectors.joining(", ")));
        }
    }

    private static boolean trains(Workload workload) {
        return workload instanceof Training || workload instanceof LanguageModel;
    }

    @Override
    public void run() {
        Listener listener = new Listener() {
            @Override
            public Signal onBatch(Progress progress) {
                afterStep.run();
                return Signal.CONTINUE;
            }

            @Override
            public Signal onEpoch(History.Epoch epoch) {
                return Signal.CONTINUE;
            }
        };
        switch (Workload.of(workload)) {
            case Training training -> training.train(threads, listener);
            case LanguageModel model -> model.train(threads, listener);
            case WholeFit _,Latency _,Throughput _ -> throw new AssertionError(workload);
        }
    }
}
