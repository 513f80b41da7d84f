"""Writes Keras models with random weights, and what they give: `python make_keras_models.py`, of all cases or those named.

The files go to ../resources/keras: NAME.keras (or NAME.h5.gz, or NAME.weights.h5.gz with NAME.json) and
NAME.safetensors with input_0, ... and output_0, ...; index.txt lists the names. Made with Keras 3.15.1.
"""

import json

import jax
import keras_cases
import safetensors_file
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
    inputs = keras.Input(shape, dtype=dtype, batch_size=how.pop("batch", None))
    CASES.add(name, keras.Sequential([inputs, *layers]), given, **how)


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


def graph(name, inputs, outputs, *given, **how):
    CASES.add(name, keras.Model(inputs, outputs), *given, **how)


def states():
    for cell in (L.SimpleRNN, L.LSTM, L.GRU):
        word = cell.__name__.lower()
        x, y = keras.Input((None, 3)), keras.Input((None, 2))
        first = cell(4, return_state=True, return_sequences=True)(x)
        second = cell(4, return_state=True)(y, initial_state=first[1:])
        graph(f"{word}_state", [x, y], [*first, *second], floats(word, 2, 5, 3), floats(word + "y", 2, 3, 2))
    for form in ("h5", "keras2"):
        x, y = keras.Input((None, 3), name="x"), keras.Input((None, 2), name="y")
        _, h, c = L.LSTM(4, return_state=True, name="one")(x)
        graph(f"{form}_state", [x, y], L.LSTM(4, name="two")(y, initial_state=[h, c]), floats(form, 2, 5, 3),
              floats(form + "y", 2, 3, 2), form=form)
    x = keras.Input((None, 3))
    both = L.Bidirectional(L.LSTM(3, return_sequences=True, return_state=True))(x)
    graph("bidirectional_state", x, L.Bidirectional(L.LSTM(3))(both[0], initial_state=both[1:]), floats("bs", 2, 5, 3))
    x = keras.Input((None, 3))
    graph("bidirectional_none", x, L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode=None)(x),
          floats("bn", 2, 5, 3))
    x = keras.Input((None, 3))
    two = L.Bidirectional(L.LSTM(3, return_sequences=True), backward_layer=L.LSTM(2, go_backwards=True, activation="relu",
                                                                                 return_sequences=True))
    graph("bidirectional_different", x, two(x), floats("bd", 2, 5, 3))
    stack("stateful_lstm", (5, 3), [L.LSTM(4, stateful=True, return_sequences=True), L.Dense(2)], floats("st", 2, 5, 3),
          batch=2)


def cells():
    x = keras.Input((None, 3))
    stacked = L.RNN([L.LSTMCell(4), L.GRUCell(3, reset_after=False), L.SimpleRNNCell(3), L.LSTMCell(2)],
                    return_sequences=True, return_state=True)
    graph("stacked_cells", x, stacked(x), floats("sc", 2, 5, 3))
    stack("stacked_cells_backwards", (None, 3), [L.RNN([L.GRUCell(4), L.GRUCell(3)], go_backwards=True)],
          floats("sb", 2, 5, 3), form="h5")
    stack("single_cell", (None, 3), [L.RNN(L.LSTMCell(4, dropout=0.2), return_sequences=True), L.RNN(L.GRUCell(2))],
          floats("sic", 2, 5, 3))


def masks():
    """Padding anywhere: 0 is the masked id, and about two in five are."""
    for cell in (L.SimpleRNN, L.LSTM, L.GRU):
        word = cell.__name__.lower()
        stack(f"mask_{word}", (None,), [L.Embedding(9, 3, mask_zero=True), cell(4, return_sequences=True), cell(3)],
              ids(f"m{word}", 9, 4, 7, zeros=True))
    stack("mask_sequences", (None,), [L.Embedding(9, 3, mask_zero=True), L.LSTM(4, return_sequences=True)],
          ids("ms", 9, 4, 7, zeros=True))
    stack("mask_backwards", (None,), [L.Embedding(9, 3, mask_zero=True), L.GRU(4, go_backwards=True)],
          ids("mb", 9, 4, 7, zeros=True))
    stack("mask_bidirectional", (None,), [L.Embedding(9, 3, mask_zero=True),
                                          L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Dropout(0.3),
                                          L.Bidirectional(L.GRU(2), merge_mode="sum")], ids("mbi", 9, 4, 7, zeros=True))
    stack("mask_zero_output", (None,), [L.Embedding(9, 3, mask_zero=True),
                                        L.LSTM(4, return_sequences=True, zero_output_for_mask=True)],
          ids("mzo", 9, 4, 7, zeros=True))
    stack("mask_average", (None,), [L.Embedding(9, 3, mask_zero=True), L.Dense(4), L.GlobalAveragePooling1D()],
          ids("ma", 9, 4, 7, zeros=True))
    values = floats("mk", 3, 6, 2)
    values[rng_for("mk zeros").random((3, 6)) < 0.4] = -1
    stack("masking_layer", (None, 2), [L.Masking(-1.0), L.LSTM(3, return_sequences=True), L.GRU(2)], values)
    stack("mask_stacked_cells", (None,), [L.Embedding(9, 3, mask_zero=True), L.RNN([L.LSTMCell(3), L.GRUCell(2)])],
          ids("msc", 9, 4, 7, zeros=True))
    x = keras.Input((6,), dtype="int32")
    e = L.Embedding(9, 3, mask_zero=True)(x)
    a, b = L.LSTM(3, return_sequences=True)(e), L.GRU(3, return_sequences=True)(e)
    graph("mask_merges", x, L.SimpleRNN(2)(L.Concatenate()([L.Add()([a, b]), L.Multiply()([a, b])])),
          ids("mm", 9, 4, 6, zeros=True))
    x = keras.Input((6,), dtype="int32")
    e = L.Embedding(9, 4, mask_zero=True)(x)
    graph("mask_attention", x, [L.Attention()([e, e]), L.AdditiveAttention()([e, e])], ids("mat", 9, 4, 6, zeros=True))
    # Alone: as it runs, it takes the mask off the value that it shares with others.
    x = keras.Input((6,), dtype="int32")
    e = L.Embedding(9, 4, mask_zero=True)(x)
    graph("mask_heads", x, L.GRU(2)(L.MultiHeadAttention(2, 3)(e, e)), ids("mah", 9, 4, 6, zeros=True))
    x = keras.Input((6,), dtype="int32")
    _, h, c = L.LSTM(3, return_state=True)(L.Embedding(9, 4, mask_zero=True)(x))
    graph("mask_state", x, [h, c], ids("mst", 9, 4, 6, zeros=True))
    for form in ("h5", "keras2"):
        stack(f"{form}_mask", (None,), [L.Embedding(9, 3, mask_zero=True), L.LSTM(4)], ids(form + "m", 9, 4, 7, zeros=True),
              form=form)


def layers():
    stack("batch_normalization", (None, 3), [L.Dense(4), L.BatchNormalization(), L.LSTM(3), L.BatchNormalization(
        scale=False, epsilon=0.01), L.Dense(2), L.BatchNormalization(center=False)], floats("bat", 3, 5, 3))
    stack("h5_batch_normalization", (4,), [L.Dense(3), L.BatchNormalization(), L.BatchNormalization(trainable=False)],
          floats("hbat", 3, 4), form="h5")
    stack("layer_normalization", (None, 3), [L.LayerNormalization(), L.GRU(4), L.LayerNormalization(center=False)],
          floats("lay", 3, 5, 3))
    stack("unit_normalization", (None, 3), [L.UnitNormalization(), L.LSTM(2)], floats("un", 3, 5, 3))
    stack("normalization", (None, 3), [L.Normalization(), L.Rescaling(0.3, offset=0.1), L.LSTM(2)], floats("nor", 3, 5, 3))
    stack("normalization_given", (None, 3), [L.Normalization(mean=[0.1, 0.2, 0.3], variance=[0.5, 2.0, 1.5]), L.LSTM(2)],
          floats("nog", 3, 5, 3))
    for padding, strides, dilation in (("valid", 1, 1), ("same", 2, 1), ("causal", 1, 2), ("causal", 2, 1), ("same", 1, 3)):
        stack(f"conv1d_{padding}_{strides}_{dilation}", (8, 3),
              [L.Conv1D(4, 3, padding=padding, strides=strides, dilation_rate=dilation, activation="relu"), L.GRU(2)],
              floats("c" + padding, 3, 8, 3))
    stack("conv1d_any_length", (None, 4), [L.Conv1D(4, 3, padding="same", groups=2, use_bias=False), L.LSTM(2)],
          floats("cg", 3, 7, 4))
    stack("pools", (9, 3), [L.MaxPooling1D(2), L.AveragePooling1D(2, strides=1, padding="same"), L.Flatten(), L.Dense(2)],
          floats("poo", 3, 9, 3))
    stack("pool_overlap", (None, 3), [L.MaxPooling1D(3, strides=2, padding="same"), L.AveragePooling1D(2), L.LSTM(2)],
          floats("poo2", 3, 9, 3))
    stack("shapes", (4, 6), [L.Reshape((8, 3)), L.Permute((2, 1)), L.LSTM(4), L.RepeatVector(3), L.GRU(2,
          return_sequences=True), L.Flatten(), L.Reshape((3, 2)), L.SimpleRNN(2)], floats("sha", 2, 4, 6))
    stack("padding_layers", (6, 2), [L.ZeroPadding1D((1, 2)), L.Cropping1D(1), L.UpSampling1D(2), L.LSTM(2)],
          floats("pad", 2, 6, 2))
    stack("activation_layers", (4, 5), [L.Dense(5), L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2), L.Dense(5),
          L.LeakyReLU(0.2), L.Dense(5), L.PReLU(), L.PReLU(shared_axes=[1]), L.ELU(0.7), L.Dense(5), L.Softmax(),
          L.Dense(5), L.Activation("swish"), L.SpatialDropout1D(0.2), L.GaussianNoise(0.1), L.GaussianDropout(0.2)],
          floats("act", 2, 4, 5))
    stack("time_distributed_layers", (4, 3), [L.TimeDistributed(L.BatchNormalization()), L.TimeDistributed(L.Dropout(0.2)),
          L.TimeDistributed(L.Dense(3)), L.TimeDistributed(L.Activation("relu")), L.LSTM(2)], floats("tdl", 2, 4, 3))
    names = ["relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "exponential", "leaky_relu", "relu6",
             "silu", "gelu", "hard_sigmoid", "hard_silu", "linear", "mish", "log_softmax", "hard_tanh", "celu", "glu",
             "hard_shrink", "log_sigmoid", "soft_shrink", "sparse_plus", "sparsemax", "sparse_sigmoid", "squareplus",
             "tanh_shrink", "threshold"]
    x = keras.Input((6,))
    graph("activations", x, [L.Dense(4, activation=name)(x) for name in names if name not in ("glu", "threshold")],
          floats("acts", 3, 6))


def merges():
    x, y = keras.Input((4, 3)), keras.Input((4, 3))
    graph("merges", [x, y], [L.Add()([x, y]), L.Subtract()([x, y]), L.Multiply()([x, y]), L.Average()([x, y]),
                             L.Maximum()([x, y]), L.Minimum()([x, y]), L.Concatenate()([x, y]),
                             L.Concatenate(axis=1)([x, y])], floats("mer", 2, 4, 3), floats("mer2", 2, 4, 3))
    x, y = keras.Input((4, 3)), keras.Input((5, 3))
    graph("dots", [x, y], [L.Dot(axes=2)([x, y]), L.Dot(axes=(2, 2), normalize=True)([x, y])],
          floats("dot", 2, 4, 3), floats("dot2", 2, 5, 3))
    x, y = keras.Input((3,)), keras.Input((3,))
    graph("dot_vectors", [x, y], [L.Dot(axes=1)([x, y]), L.Concatenate(axis=1)([x, y])], floats("dov", 2, 3),
          floats("dov2", 2, 3))
    q, v = keras.Input((4, 3)), keras.Input((5, 3))
    k = L.Dense(3)(v)
    graph("attention", [q, v], [L.Attention(use_scale=True)([q, v]), L.Attention(score_mode="concat", use_scale=True)([q, v, k]),
                                L.AdditiveAttention()([q, v, k]), L.AdditiveAttention(use_scale=False)([q, v]),
                                L.MultiHeadAttention(2, 4, value_dim=3, dropout=0.1)(q, v), L.MultiHeadAttention(
                                    2, 4, output_shape=5, use_bias=False)(q, v, key=k)],
          floats("att", 2, 4, 3), floats("att2", 2, 5, 3))
    q = keras.Input((4, 3))
    graph("causal_attention", q, [L.Attention()([q, q], use_causal_mask=True),
                                  L.MultiHeadAttention(2, 3)(q, q, use_causal_mask=True)], floats("cau", 2, 4, 3))
    q = keras.Input((4, 3))
    graph("h5_attention", q, L.GRU(2)(L.MultiHeadAttention(2, 3)(q, q)), floats("hat", 2, 4, 3), form="h5")


def text_case(name, model, given):
    """A model that begins with texts; input_0 is the ids that its first layer makes of them."""
    CASES.names.append(name)
    if not CASES.wanted(name):
        return
    keras_cases.randomize(model, rng_for(name))
    numbers = np.asarray(model.layers[0](given)).astype(np.int32)
    rest = keras.Sequential([keras.Input((None,), dtype="int32"), *model.layers[1:]])
    safetensors_file.save(keras_cases.RESOURCES / f"{name}.safetensors",
                                  {"input_0": numbers, "output_0": np.asarray(rest(numbers))})
    model.save(CASES.temp / "m.keras")
    keras_cases.pack(CASES.temp / "m.keras", keras_cases.RESOURCES / f"{name}.keras")


def texts():
    lines = ["The cat sat on the mat.", "a DOG, the bird's song", "ÄRGER\u00a0über  naïve\tcafés", "x", "don't! (stop) [now] a-b",
             "the the the the the the the the the"]
    (keras_cases.RESOURCES / "texts.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, options in {"text": {"output_sequence_length": 6}, "text_free": {"standardize": "lower"},
                          "text_characters": {"split": "character", "standardize": "strip_punctuation"}}.items():
        layer = L.TextVectorization(**options)
        layer.adapt(lines[:3])
        size = layer.vocabulary_size()
        model = keras.Sequential([keras.Input((1,), dtype="string"), layer, L.Embedding(size, 3), L.LSTM(2)])
        text_case(name, model, np.array(lines))
    layer = L.StringLookup(vocabulary=["song", "cat", "mat"], mask_token="")
    words = [["cat", "song"], ["dog", "mat"], ["", "cat"]]
    model = keras.Sequential([keras.Input((None,), dtype="string"), layer, L.Embedding(5, 3), L.GRU(2)])
    text_case("words", model, np.array(words))


def classifiers():
    """Models that tell classes of texts; classify.json has what they say of the raw texts."""
    lines = [*(keras_cases.RESOURCES / "texts.txt").read_text(encoding="utf-8").splitlines(), "", "unheard words only"]
    said = {"texts": lines}
    for name, options, last in (
            ("classify_two", {"output_sequence_length": 6}, L.Dense(1, activation="sigmoid")),
            ("classify_three", {"output_sequence_length": 5, "standardize": "lower", "max_tokens": 9},
             L.Dense(3, activation="softmax")),
            ("classify_letters", {"split": "character", "standardize": None, "output_sequence_length": 9},
             L.Dense(2, activation="softmax"))):
        if not CASES.wanted(name):
            continue
        layer = L.TextVectorization(**options)
        layer.adapt(lines[:4])
        model = keras.Sequential([keras.Input((1,), dtype="string"), layer,
                                  L.Embedding(layer.vocabulary_size(), 3, mask_zero=last.units == 2), L.LSTM(4), last])
        keras_cases.randomize(model, rng_for(name))
        rest = keras.Sequential([keras.Input((None,), dtype="int32"), *model.layers[1:]])
        said[name] = np.asarray(rest(np.asarray(layer(np.array(lines))))).astype(float).round(7).tolist()
        model.save(CASES.temp / "m.keras")
        keras_cases.pack(CASES.temp / "m.keras", keras_cases.RESOURCES / f"{name}.keras")
    if len(said) == 4:
        (keras_cases.RESOURCES / "classify.json").write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")


def rarer():
    """Options found missing by models made at random."""
    x = keras.Input((5, 3))
    graph("pools_keepdims", x, [L.GlobalMaxPooling1D(keepdims=True)(x), L.GRU(2)(L.GlobalAveragePooling1D(keepdims=True)(x))],
          floats("pkd", 3, 5, 3))
    for form in ("keras", "h5"):
        stack(f"{form}_normalization_of_all", (5, 3), [L.Normalization(axis=None), L.Dense(2),
                                                       L.Normalization(axis=None, mean=0.3, variance=1.7)],
              floats("noa" + form, 3, 5, 3), form=form)
    x = keras.Input((5, 3))
    weights = L.Softmax(axis=1)(L.Dense(1)(x))
    graph("softmax_over_steps", x, [L.Dot(axes=1)([weights, x]), L.Softmax(axis=-2)(x)], floats("sos", 3, 5, 3))
    stack("training_only", (5, 3), [L.Identity(), L.LSTM(3), L.ActivityRegularization(0.1), L.AlphaDropout(0.2), L.Dense(2)],
          floats("tro", 3, 5, 3))
    # A layer that is given a state looks at no mask, but passes it on.
    x, y = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    states = L.LSTM(3, return_state=True)(L.Embedding(9, 4, mask_zero=True)(x))[1:]
    e = L.Embedding(9, 4, mask_zero=True)(y)
    a = L.LSTM(3, return_sequences=True)(e, initial_state=states)
    b = L.Bidirectional(L.GRU(3))(e, initial_state=states)
    graph("mask_given_state", [x, y], [a, b, L.GlobalAveragePooling1D()(a)], ids("mgs", 9, 4, 6, zeros=True),
          ids("mgt", 9, 4, 7, zeros=True))
    # Products and extrema leave masked steps out.
    x, y = keras.Input((6,), dtype="int32"), keras.Input((6,), dtype="int32")
    a, b = L.Embedding(9, 3, mask_zero=True)(x), L.Embedding(9, 3, mask_zero=True)(y)
    c = L.Embedding(9, 3)(y)
    graph("mask_extrema", [x, y], [layer(v) for layer in (L.Multiply(), L.Maximum(), L.Minimum())
                                   for v in ([a, b], [b, c], [c, a], [a, b, c])],
          ids("mex", 9, 4, 6, zeros=True), ids("mey", 9, 4, 6, zeros=True))
    # With dropout, a masked query attends to nothing.
    x = keras.Input((6,), dtype="int32")
    e = L.Embedding(9, 4, mask_zero=True)(x)
    graph("mask_heads_dropout", x, L.MultiHeadAttention(2, 3, dropout=0.1)(e, e), ids("mhd", 9, 4, 6, zeros=True))
    for form in ("keras", "h5"):
        x, y = keras.Input((6, 3)), keras.Input((6,), dtype="int32")
        e = L.Embedding(9, 3, mask_zero=True)(y)
        shared = L.GRU(3)
        graph(f"{form}_mask_shared", [x, y], [shared(x), shared(e), L.LSTM(2)(L.Attention()([e, e]))],
              floats("kms" + form, 4, 6, 3), ids("kmt" + form, 9, 4, 6, zeros=True), form=form)


def each_step():
    """Layers and models of vectors, applied to the steps of sequences."""
    v = keras.Input((3,))
    inner = keras.Model(v, L.Add()([L.Dense(3, activation="tanh")(v), L.BatchNormalization()(v)]), name="inner")
    deep = keras.Sequential([keras.Input((3,)), L.Dense(4), L.LayerNormalization(), L.Dense(2)], name="deep")
    for form in ("keras", "h5"):
        x = keras.Input((6, 3))
        y = L.TimeDistributed(L.PReLU())(x)
        z = L.TimeDistributed(L.PReLU(shared_axes=[1]))(x)
        flat = L.TimeDistributed(L.Reshape((3,)))(L.TimeDistributed(L.Flatten())(y))
        both = [L.TimeDistributed(inner, name="a")(flat), L.TimeDistributed(deep, name="b")(z)]
        graph(f"{form}_each_step", x, [*both, L.GRU(2)(y)], floats("est" + form, 4, 6, 3), form=form)


def lookup_case(name, first, given, build):
    """A functional model whose input becomes ids; input_0 is these."""
    CASES.names.append(name)
    if not CASES.wanted(name):
        return
    x = keras.Input(given.shape[1:], dtype=given.dtype.kind == "U" and "string" or "int64")
    model = build(x, first(x))
    keras_cases.randomize(model, rng_for(name))
    numbers = np.asarray(first(given)).astype(np.int32)
    i = keras.Input(numbers.shape[1:], dtype="int32")
    y = i
    for layer in model.layers[2:]:
        y = layer(y)
    safetensors_file.save(keras_cases.RESOURCES / f"{name}.safetensors",
                                  {"input_0": numbers, "output_0": np.asarray(keras.Model(i, y)(numbers))})
    model.save(CASES.temp / "m.keras")
    keras_cases.pack(CASES.temp / "m.keras", keras_cases.RESOURCES / f"{name}.keras")


def lookups():
    """First layers that make ids in functional models, and of numbers."""
    def head(x, ids):
        return keras.Model(x, L.Dense(2, activation="softmax")(L.LSTM(3)(L.Embedding(6, 3)(ids))))

    layer = L.TextVectorization(vocabulary=["cat", "mat", "the"], output_sequence_length=4)
    lookup_case("text_functional", layer, np.array([["The cat."], ["a mat, the mat on the mat"]]), head)
    lookup_case("words_functional", L.StringLookup(vocabulary=["cat", "mat"]),
                np.array([["cat", "dog", "mat"], ["mat", "mat", "cat"]]),
                lambda x, ids: keras.Model(x, L.Dense(2)(L.Flatten()(L.Embedding(4, 2)(ids)))))
    numbers = np.array([[700, -5, 12, 0], [3, 12, 12, 700]], np.int64)
    lookup_case("numbers", L.IntegerLookup(vocabulary=[12, 700, -5]), numbers, head)
    layer = L.IntegerLookup(mask_token=0)
    layer.adapt(numbers)
    lookup_case("numbers_masked", layer, numbers,
                lambda x, ids: keras.Model(x, L.GRU(3)(L.Embedding(7, 3, mask_zero=True)(ids))))


recurrent()
simple()
functional()
files()
states()
cells()
masks()
layers()
merges()
texts()
rarer()
each_step()
lookups()
classifiers()
CASES.close("index.txt")
