"""Writes Keras models with random weights, and what they give: `python make_keras_models.py`.

The files go to ../resources/keras: NAME.keras (or NAME.h5.gz, or NAME.weights.h5.gz with NAME.json) and
NAME.safetensors with input_0, ... and output_0, ...; index.txt lists the names. Made with Keras 3.15.1.
"""

import keras_cases
from keras_cases import keras, np, rng_for

L = keras.layers
CASES = keras_cases.Cases()


def floats(name, *shape):
    return rng_for(name + " input").standard_normal(shape).astype(np.float32)


def ids(name, size, *shape, zeros=False):
    values = rng_for(name + " input").integers(1, size, shape).astype(np.int32)
    if zeros:
        values[rng_for(name + " zeros").random(shape) < 0.4] = 0
    return values


def stack(name, shape, layers, given, **how):
    dtype = "int32" if given.dtype.kind == "i" else "float32"
    CASES.add(name, keras.Sequential([keras.Input(shape, dtype=dtype), *layers]), given, **how)


def recurrent():
    for cell in (L.SimpleRNN, L.LSTM, L.GRU):
        word = cell.__name__.lower()
        stack(f"{word}_last", (None, 3), [cell(4)], floats(word, 3, 5, 3), compress=cell is not L.LSTM)
        stack(f"{word}_sequences", (None, 3), [cell(4, return_sequences=True), cell(2)], floats(word, 3, 5, 3))
        stack(f"{word}_backwards", (6, 3), [cell(4, go_backwards=True, return_sequences=True)], floats(word, 2, 6, 3))
        stack(f"{word}_no_bias", (None, 3), [cell(4, use_bias=False)], floats(word, 3, 5, 3))
    stack("gru_reset_before", (None, 3), [L.GRU(4, reset_after=False, return_sequences=True)], floats("grub", 3, 5, 3))
    stack("gru_reset_before_no_bias", (None, 3), [L.GRU(4, reset_after=False, use_bias=False)], floats("grub", 3, 5, 3))
    stack("lstm_relu_hard_sigmoid", (None, 3), [L.LSTM(4, activation="relu", recurrent_activation="hard_sigmoid")],
          floats("lrh", 3, 5, 3))
    stack("simplernn_softsign", (None, 3), [L.SimpleRNN(4, activation="softsign")], floats("ssg", 3, 5, 3))
    for mode in ("concat", "sum", "mul", "ave"):
        cell = {"concat": L.LSTM, "sum": L.GRU, "mul": L.SimpleRNN, "ave": L.LSTM}[mode]
        stack(f"bidirectional_{mode}", (None, 3),
              [L.Bidirectional(cell(3, return_sequences=True), merge_mode=mode), L.Bidirectional(cell(2), merge_mode=mode)],
              floats(mode, 3, 5, 3))


def simple():
    stack("embedding_lstm_dense", (None,), [L.Embedding(12, 4), L.LSTM(5), L.Dropout(0.5), L.Dense(3, activation="softmax")],
          ids("eld", 12, 4, 6))
    stack("time_distributed", (None, 3), [L.TimeDistributed(L.Dense(4, activation="tanh")), L.GRU(3, dropout=0.2)],
          floats("td", 3, 5, 3))
    stack("dense_stack", (5,), [L.Dense(4, activation="relu"), L.Dense(3, use_bias=False), L.Dense(2)],
          floats("ds", 3, 5))
    stack("pool_max", (None, 3), [L.Dense(4), L.GlobalMaxPooling1D()], floats("pm", 3, 5, 3))
    stack("pool_average", (None, 3), [L.LSTM(4, return_sequences=True), L.GlobalAveragePooling1D(), L.Dense(1)],
          floats("pa", 3, 5, 3))


recurrent()
simple()
CASES.close("index.txt")
