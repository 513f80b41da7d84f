"""Writes Keras models with random weights, and what they give: `python make_keras_models.py`.

The files go to ../resources/keras: NAME.keras (or NAME.h5.gz, or NAME.weights.h5.gz with NAME.json) and
NAME.safetensors with input_0, ... and output_0, ...; index.txt lists the names. Made with Keras 3.15.1.
"""

import jax
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


def functional():
    a, b = keras.Input((5, 3), name="a"), keras.Input((None,), dtype="int32", name="b")
    shared = L.Dense(4, activation="tanh")
    x = shared(L.LSTM(4)(a))
    y = shared(L.GRU(4)(L.Embedding(9, 3)(b)))
    model = keras.Model([a, b], [L.Dense(2)(x), L.Dense(3)(y), y])
    CASES.add("two_inputs_three_outputs", model, floats("tito", 3, 5, 3), ids("tito", 9, 3, 4))

    inner = keras.Sequential([keras.Input((None, 3)), L.LSTM(4, return_sequences=True), L.Dense(3)], name="inner")
    x = keras.Input((None, 3))
    CASES.add("nested_applied_twice", keras.Model(x, L.GRU(2)(inner(inner(x)))), floats("nat", 3, 4, 3))

    i = keras.Input((None,), dtype="int32")
    middle = keras.Model(i, inner_most()(L.Embedding(7, 3)(i)), name="middle")
    stack("nested_in_nested", (None,), [middle, L.Dense(2)], ids("nin", 7, 3, 4))


def inner_most():
    return keras.Sequential([keras.Input((None, 3)), L.SimpleRNN(3), L.Dense(3, activation="relu")], name="inner_most")


def small(policy=None):
    # The usual orthogonal matrix cannot be made in half precision.
    cell = L.LSTM(3, recurrent_initializer="glorot_uniform", dtype=policy)
    return [L.Embedding(9, 4, dtype=policy), L.Bidirectional(cell, dtype=policy), L.Dense(2, dtype=policy)]


def files():
    """The same layers in each kind of file."""
    gru = [L.GRU(3, return_sequences=True), L.Bidirectional(L.GRU(3, reset_after=False)), L.Dense(2)]
    for form in ("h5", "weights", "keras2"):
        stack(f"{form}_stack", (None,), small(), ids(form, 9, 3, 5), form=form)
        model = keras.Sequential([keras.Input((None, 3)), *[type(g).from_config(g.get_config()) for g in gru]])
        CASES.add(f"{form}_gru", model, floats(form, 3, 5, 3), form=form)
        a, b = keras.Input((None, 3), name="first"), keras.Input((4,), name="second")
        shared = L.Dense(4, name="shared")
        inner = keras.Sequential([keras.Input((4,)), L.Dense(3), L.Dense(4, trainable=False), L.Dense(3)], name="part")
        model = keras.Model([a, b], [inner(shared(L.LSTM(4, name="read")(a))), inner(shared(b))])
        CASES.add(f"{form}_functional", model, floats(form, 3, 5, 3), floats(form + "b", 3, 4), form=form)
    for policy in ("float16", "bfloat16", "mixed_float16", "float64"):
        jax.config.update("jax_enable_x64", policy == "float64")
        of = [keras.Sequential([keras.Input((None,), dtype="int32"), *small(p)]) for p in (policy, None)]
        CASES.add(f"stored_{policy}", of[0], ids(policy, 9, 3, 5), reference=of[1])


recurrent()
simple()
functional()
files()
CASES.close("index.txt")
