"""Writes golden/masks/*.safetensors: what Keras gives for recurrent layers under masks of any pattern.

Usage: KERAS_BACKEND=jax python make_keras_masks.py

For each case there are x [B, T, F] (a step of zeros is masked), the weights w0, w1, .. in Keras's order, initial states s0, s1, ..
where there are any, and the outputs y0, y1, ..
"""

import keras
import numpy as np
from golden_file import Folder
from keras import layers

B, T, F, H = 6, 7, 3, 4
MASK = np.array([
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 0, 0, 0, 0],
    [0, 0, 1, 1, 1, 1, 1],
    [1, 0, 1, 0, 0, 1, 0],
    [0, 1, 0, 1, 1, 0, 1],
    [0, 0, 0, 0, 0, 0, 0],
], bool)
rng = np.random.default_rng(7)


def cases():
    for sequences in (False, True):
        tail = "_sequences" if sequences else "_last"
        kw = dict(return_sequences=sequences)
        yield "lstm" + tail, layers.LSTM(H, **kw)
        yield "gru" + tail, layers.GRU(H, **kw)
        yield "gru_before" + tail, layers.GRU(H, reset_after=False, **kw)
        yield "rnn" + tail, layers.SimpleRNN(H, **kw)
        yield "lstm_backwards" + tail, layers.LSTM(H, go_backwards=True, **kw)
        yield "lstm_zero" + tail, layers.LSTM(H, zero_output_for_mask=True, **kw)
        yield "gru_state" + tail, layers.GRU(H, return_state=True, **kw)
        yield "both_concat" + tail, layers.Bidirectional(layers.LSTM(H, **kw))
        yield "both_none" + tail, layers.Bidirectional(layers.GRU(H, **kw), merge_mode=None)
        yield "both_different" + tail, layers.Bidirectional(
            layers.LSTM(H, **kw), backward_layer=layers.GRU(H, go_backwards=True, **kw), merge_mode="ave")
        yield "stacked" + tail, layers.RNN([layers.LSTMCell(H), layers.GRUCell(H + 1)], return_state=True, **kw)
    yield "mean", layers.GlobalAveragePooling1D()
    yield "max", layers.GlobalMaxPooling1D()


def main():
    folder = Folder("masks", f"keras {keras.__version__}")
    for name, layer in cases():
        x = rng.uniform(-1.5, 1.5, (B, T, F)).astype("float32") * MASK[..., None]
        if name == "mean":
            x = x[:5]  # Keras divides by zero where all is masked
        inputs = keras.Input((T, F))
        model = keras.Model(inputs, layer(layers.Masking()(inputs)))
        weights = [rng.uniform(-0.9, 0.9, w.shape).astype("float32") for w in model.get_weights()]
        model.set_weights(weights)
        outputs = model(x)
        outputs = keras.tree.flatten(outputs)
        tensors = {"x": x}
        for i, w in enumerate(weights):
            tensors[f"w{i}"] = w
        for i, y in enumerate(outputs):
            tensors[f"y{i}"] = np.ascontiguousarray(np.asarray(y, "float32"))
        folder.write(name, "masks", tensors)
    folder.close()


if __name__ == "__main__":
    main()
