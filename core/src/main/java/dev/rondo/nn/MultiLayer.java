package dev.rondo.nn;

import java.util.List;

/// A layer with several inputs or several outputs: a merge, attention, a recurrent layer that takes or returns its state.
public interface MultiLayer extends Layer {
    @Override
    MultiModule build(String name, List<Signature> inputs, WeightSource weights);

    @Override
    default MultiModule build(String name, Signature input, WeightSource weights) {
        return build(name, List.of(input), weights);
    }
}
