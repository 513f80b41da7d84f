package dev.rondo.testkit.golden;

import dev.rondo.testkit.Golden;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which golden cases are tested: all of the index but those listed here, with the reason.
final class Cases {
    static final String HUBER = "Rondo has no Huber loss";
    static final String SMOOTHING = "Rondo's losses have no label smoothing";
    static final String WEIGHTS = "Rondo's losses have no sample weights";

    /// The cases that Rondo cannot compute today, as `folder/name`, and why.
    static final Map<String, String> OUTSIDE = outside();

    private Cases() {}

    /// The cases of one kind that are tested.
    ///
    /// @param framework `keras` or `torch`
    static List<Golden> tested(String framework, String kind) {
        return Golden.cases("golden/" + framework).stream()
                .filter(name -> !OUTSIDE.containsKey(framework + "/" + name))
                .map(name -> Golden.open("golden/" + framework, name))
                .filter(golden -> golden.text("kind").equals(kind)).toList();
    }

    private static Map<String, String> outside() {
        Map<String, String> outside = new TreeMap<>();
        for (String name : List.of("keras/loss_huber", "keras/loss_huber_delta", "keras/loss_huber_steps",
                "keras/loss_huber_weighted", "torch/loss_huber")) {
            outside.put(name, HUBER);
        }
        for (String name : List.of("keras/loss_bce_smoothing", "keras/loss_categorical_smoothing",
                "torch/loss_crossentropy_smoothing")) {
            outside.put(name, SMOOTHING);
        }
        for (String name : List.of("bce", "bce_logits", "mae", "mse", "sparse_logits")) {
            outside.put("keras/loss_" + name + "_weighted", WEIGHTS);
        }
        return Map.copyOf(outside);
    }
}
