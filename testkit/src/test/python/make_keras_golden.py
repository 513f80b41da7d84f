"""Makes the golden files of ../resources/golden/keras with Keras on JAX. See README.md."""

import keras_double  # first: it sets Keras up

import jax
import jax.numpy as jnp
import keras
import numpy as np

import golden_file as gf
import keras_trajectories

FOLDER = gf.Folder("keras", f"keras {keras.__version__}, jax {jax.__version__}, numpy {np.__version__}")
CELLS = {
    "simplernn": ("SimpleRNN", {}),
    "lstm": ("LSTM", {}),
    "gru": ("GRU", {"reset_after": True}),
    "gru_before": ("GRU", {"reset_after": False}),
}
MASK_NOTE = "masked: compare real steps only"
BACK_NOTE = "go_backwards: output[t] is the t-th step worked on, that is input step T-1-t"


def make_layer(node, dtype):
    config = dict(node["config"])
    inner = config.pop("layer", None)
    cls = getattr(keras.layers, node["class_name"])
    if inner is not None:
        return cls(make_layer(inner, dtype), **config, dtype=dtype)
    return cls(**config, dtype=dtype)


def weight_names(layer):
    if isinstance(layer, keras.layers.Bidirectional):
        return [f"{side}.{n}" for side in ("forward", "backward") for n in weight_names(getattr(layer, f"{side}_layer"))]
    if isinstance(layer, keras.layers.TimeDistributed):
        return weight_names(layer.layer)
    return [v.name for v in layer.trainable_variables]


def evaluate(node, dtype, case):
    """Forward values and gradients of sum(output * d_output) + sum(last * d_last), in one precision."""
    keras.config.set_floatx(dtype)
    layer = make_layer(node, dtype)
    cast = lambda a: jnp.asarray(a, dtype) if a.dtype == np.float32 else jnp.asarray(a)
    x, states = cast(case["input"]), [cast(s) for s in case["states"]]
    extra = {"mask": jnp.asarray(case["mask"])} if case["mask"] is not None else {}

    def call(weights, x, states):
        if states:
            extra["initial_state"] = states
        result, _ = layer.stateless_call(weights, [v.value for v in layer.non_trainable_variables], x, **extra)
        return result if isinstance(result, (list, tuple)) else [result]

    layer.build(x.shape)
    variables = layer.trainable_variables
    names = weight_names(layer)
    rng = gf.rng_for(case["name"] + ".weights")
    values = [gf.rand32(rng, *v.shape, scale=case["scale"]) for v in variables]
    weights = [jnp.asarray(v, dtype) for v in values]
    shapes = [o.shape for o in jax.eval_shape(call, weights, x, states)]
    rng = gf.rng_for(case["name"] + ".gradients")
    d_outputs = [gf.rand32(rng, *shape, scale=1.0) for shape in shapes]
    if case["mask"] is not None and d_outputs[0].ndim == 3:
        real = case["mask"][:, ::-1] if node["config"].get("go_backwards") else case["mask"]
        d_outputs[0] = d_outputs[0] * real[:, :, None].astype(np.float32)
    float_input = case["input"].dtype == np.float32

    scales = [jnp.asarray(d, dtype) for d in d_outputs]

    def scalar(weights, x, states):
        given = x if float_input else jnp.asarray(case["input"])
        outputs = call(weights, given, states)
        return sum(jnp.sum(o * d) for o, d in zip(outputs, scales)), outputs

    gradient = jax.grad(scalar, argnums=(0, 1, 2), has_aux=True)
    arguments = (weights, x if float_input else 0.0, states)
    if dtype == "float64":
        keras_double.assert_double(case["name"], gradient, *arguments)
    (d_weights, d_x, d_states), outputs = jax.jit(gradient)(*arguments)
    assert all(o.dtype == dtype for o in outputs), f"{case['name']} was not computed in {dtype}"
    held = ["output"] + [f"last_{s}" for s in "hc"][: len(outputs) - 1]
    result = {**dict(zip(held, outputs))}
    if float_input:
        result["g.input"] = d_x
    result.update({f"g.{n}": d for n, d in zip(names, d_weights)})
    result.update({f"g.initial_{s}": d for s, d in zip("hc", d_states)})
    keras.config.set_floatx("float64")
    given = {f"w.{n}": v for n, v in zip(names, values)}
    given.update({f"d_{n}": d for n, d in zip(held, d_outputs)})
    return given, result


def layer_case(name, node, x, states=(), lengths=None, scale=0.3, notes=""):
    mask = None
    tensors = {"input": x}
    if lengths is not None:
        tensors["lengths"] = np.asarray(lengths, np.int32)
        mask = np.arange(x.shape[1])[None, :] < np.asarray(lengths)[:, None]
        notes = "; ".join(n for n in (MASK_NOTE, notes) if n)
    tensors.update({f"initial_{s}": v for s, v in zip("hc", states)})
    case = dict(name=name, input=x, states=list(states), mask=mask, scale=scale)
    given, exact = evaluate(node, "float64", case)
    with jax.enable_x64(False):
        single = evaluate(node, "float32", case)[1]
    gf.assert_close(name, exact, single, 2e-5)
    FOLDER.write(name, "layer", {**tensors, **given, **exact}, notes, layer=node)


def rnn_node(cell, units, **settings):
    cls, fixed = CELLS[cell]
    config = {"units": units, "activation": "tanh"}
    if cls != "SimpleRNN":
        config["recurrent_activation"] = "sigmoid"
    config.update({"use_bias": True, **fixed})
    config.update({"return_sequences": False, "return_state": False, "go_backwards": False})
    config.update(settings)
    return {"class_name": cls, "config": config}


def rnn_case(cell, suffix, B, T, F, H, state=False, lengths=None, notes="", **settings):
    name = f"{cell}_{suffix}"
    rng = gf.rng_for(name)
    x = gf.rand32(rng, B, T, F, scale=1.0)
    states = [gf.rand32(rng, B, H, scale=0.5) for _ in range(2 if cell == "lstm" else 1)] if state else []
    if state:
        settings["return_state"] = True
    layer_case(name, rnn_node(cell, H, **settings), x, states, lengths, notes=notes)


def recurrent_cases(cell):
    seq = dict(return_sequences=True)
    rnn_case(cell, "seq", 3, 5, 4, 5, **seq)
    rnn_case(cell, "last", 4, 6, 3, 7)
    rnn_case(cell, "backwards_seq", 3, 5, 3, 5, go_backwards=True, notes=BACK_NOTE, **seq)
    rnn_case(cell, "backwards_last", 3, 5, 3, 5, go_backwards=True)
    rnn_case(cell, "state_seq", 3, 5, 3, 5, state=True, **seq)
    rnn_case(cell, "state_last", 2, 4, 3, 7, state=True)
    rnn_case(cell, "state_backwards_seq", 2, 4, 3, 5, state=True, go_backwards=True, notes=BACK_NOTE, **seq)
    rnn_case(cell, "nobias_seq", 3, 5, 3, 5, use_bias=False, **seq)
    rnn_case(cell, "nobias_last", 2, 4, 3, 5, use_bias=False)
    rnn_case(cell, "t1_state_seq", 3, 1, 2, 5, state=True, **seq)
    rnn_case(cell, "t1_last", 2, 1, 3, 5)
    rnn_case(cell, "b1_f1_h17_seq", 1, 7, 1, 17, **seq)
    rnn_case(cell, "b1_t1_f1_h1_last", 1, 1, 1, 1)
    ragged = [3, 6, 1, 4, 6]
    rnn_case(cell, "masked_seq", 5, 6, 3, 5, lengths=ragged, **seq)
    rnn_case(cell, "masked_last", 5, 6, 3, 5, lengths=ragged)
    rnn_case(cell, "masked_state_seq", 5, 6, 3, 5, lengths=ragged, state=True, **seq)
    rnn_case(cell, "masked_state_last", 4, 5, 3, 7, lengths=[5, 1, 2, 4], state=True)
    rnn_case(cell, "masked_backwards_last", 5, 6, 3, 5, lengths=ragged, go_backwards=True)
    back = BACK_NOTE + "; row b's real outputs are at steps T-lengths[b] .. T-1"
    rnn_case(cell, "masked_backwards_seq", 5, 6, 3, 5, lengths=ragged, go_backwards=True, notes=back, **seq)
    pairs = [
        ("relu", "sigmoid"), ("elu", "hard_sigmoid"), ("softsign", "sigmoid"), ("linear", "sigmoid"),
        ("gelu", "hard_sigmoid"), ("silu", "tanh"), ("sigmoid", "softsign"), ("tanh", "hard_sigmoid"),
        ("softplus", "relu"), ("selu", "linear"),
    ]
    for index, (activation, recurrent) in enumerate(pairs):
        settings = {"activation": activation, "return_sequences": index % 2 == 0}
        suffix = f"act_{activation}"
        if cell != "simplernn":
            settings["recurrent_activation"] = recurrent
            suffix += f"_{recurrent}"
        elif activation == "tanh":
            continue
        rnn_case(cell, suffix, 3, 4, 3, 5, **settings)


def bidirectional_cases(cell):
    for merge in ("concat", "sum", "mul", "ave"):
        for sequences in (True, False):
            bidirectional_case(cell, merge, sequences)
    bidirectional_case(cell, "concat", True, [3, 5, 1, 4])
    bidirectional_case(cell, "concat", False, [3, 5, 1, 4])
    bidirectional_case(cell, "sum", True, [2, 5, 1, 5])
    bidirectional_case(cell, "mul", False, [2, 5, 1, 5])


def bidirectional_case(cell, merge, sequences, lengths=None):
    name = f"bidi_{cell}_{merge}_{'seq' if sequences else 'last'}{'_masked' if lengths else ''}"
    x = gf.rand32(gf.rng_for(name), 4 if lengths else 3, 5, 3, scale=1.0)
    inner = rnn_node(cell, 3, return_sequences=sequences)
    node = {"class_name": "Bidirectional", "config": {"merge_mode": merge, "layer": inner}}
    notes = "the backward half is turned back to input order before the merge" if sequences else ""
    layer_case(name, node, x, lengths=lengths, notes=notes)


def simple_cases():
    def node(cls, **config):
        return {"class_name": cls, "config": config}

    ids = np.array([[3, 0, 7, 3], [9, 3, 3, 1], [5, 9, 0, 2]], np.int32)
    layer_case("embedding", node("Embedding", input_dim=10, output_dim=5), ids, notes="ids repeat; ids 4, 6 and 8 are absent")
    layer_case("embedding_b1_t1", node("Embedding", input_dim=4, output_dim=3), np.array([[2]], np.int32))
    names = ["linear", "relu", "sigmoid", "tanh", "softmax", "gelu", "elu", "softplus", "softsign", "silu", "hard_sigmoid"]
    for activation in names:
        dense = node("Dense", units=5, activation=activation, use_bias=True)
        flat, steps = f"dense_{activation}", f"dense_steps_{activation}"
        layer_case(flat, dense, gf.rand32(gf.rng_for(flat), 4, 7, scale=1.0))
        if activation in ("linear", "relu", "softmax", "tanh"):
            layer_case(steps, dense, gf.rand32(gf.rng_for(steps), 3, 4, 6, scale=1.0))
    bare = node("Dense", units=3, activation="linear", use_bias=False)
    layer_case("dense_nobias", bare, gf.rand32(gf.rng_for("dense_nobias"), 2, 4, scale=1.0))
    one = node("Dense", units=1, activation="sigmoid", use_bias=True)
    layer_case("dense_b1_h1", one, gf.rand32(gf.rng_for("dense_b1_h1"), 1, 1, scale=1.0))
    for activation in ("tanh", "softmax"):
        name = f"timedistributed_dense_{activation}"
        inner = node("Dense", units=4, activation=activation, use_bias=True)
        layer_case(name, node("TimeDistributed", layer=inner), gf.rand32(gf.rng_for(name), 3, 4, 5, scale=1.0))
    for cls, name in (("GlobalMaxPooling1D", "globalmax"), ("GlobalAveragePooling1D", "globalaverage")):
        layer_case(name, node(cls), gf.rand32(gf.rng_for(name), 3, 5, 4, scale=1.0))
    x = gf.rand32(gf.rng_for("globalaverage_masked"), 4, 5, 3, scale=1.0)
    layer_case("globalaverage_masked", node("GlobalAveragePooling1D"), x, lengths=[3, 5, 1, 4])
    layer_case("dropout_inference", node("Dropout", rate=0.5), gf.rand32(gf.rng_for("dropout"), 3, 4, scale=1.0), notes="inference: the identity")
    layer_case("dropout_inference_steps", node("Dropout", rate=0.3), gf.rand32(gf.rng_for("dropout3"), 2, 3, 4, scale=1.0), notes="inference: the identity")


SMOOTH = set("sigmoid tanh linear softplus softsign exponential silu gelu mish elu log_sigmoid squareplus tanh_shrink celu".split())
KINKED = set("relu relu6 leaky_relu hard_sigmoid hard_tanh hard_silu selu hard_shrink soft_shrink sparse_plus sparse_sigmoid".split())
ROWS = {"softmax", "log_softmax", "sparsemax", "glu"}


def activation_cases():
    for name in sorted(SMOOTH | KINKED | ROWS):
        rng = gf.rng_for(f"activation_{name}")
        x = np.linspace(-9.07, 9.13, 64)
        x[:8] = [-80, -25, -17.3, -1e-3, 1e-3, 17.3, 25, 80]
        if name in SMOOTH:
            x[8] = 0
        x = x.reshape(8, 8)
        if name in ROWS:
            x = gf.rand32(rng, 8, 8, scale=2.0)
            x[1] *= 20
        x = x.astype(np.float32)
        activate = keras.activations.get(name)
        output = activate(jnp.asarray(x, "float64"))
        assert output.dtype == "float64", name
        d_output = gf.rand32(rng, *output.shape, scale=1.0)
        backward = jax.grad(lambda v: jnp.sum(activate(v) * jnp.asarray(d_output, "float64")))
        keras_double.assert_double(name, backward, jnp.asarray(x, "float64"))
        gradient = backward(jnp.asarray(x, "float64"))
        notes = "over the last axis" if name in ROWS else ""
        if name in KINKED:
            notes = "no input is exactly on a kink"
        tensors = {"input": x, "output": output, "d_output": d_output, "g.input": gradient}
        FOLDER.write(f"activation_{name}", "activation", tensors, notes, activation=name)


def loss_case(name, cls, y_true, y_pred, sample_weight=None, notes="", **config):
    loss = getattr(keras.losses, cls)(**config)
    weight = None if sample_weight is None else np.asarray(sample_weight, np.float32)
    double = lambda a: a if a is None or a.dtype == np.int32 else np.asarray(a, np.float64)
    both = jax.value_and_grad(lambda p: loss(double(y_true), p, sample_weight=double(weight)))
    keras_double.assert_double(name, both, double(y_pred))
    value, gradient = both(jnp.asarray(double(y_pred)))
    tensors = {"y_true": y_true, "y_pred": y_pred}
    if weight is not None:
        tensors["sample_weight"] = weight
        notes = "; ".join(n for n in (notes, "the weighted sum is divided by the number of terms, not by the sum of the weights") if n)
    tensors.update({"loss": value, "g.y_pred": gradient})
    FOLDER.write(name, "loss", tensors, notes, loss={"class_name": cls, "config": config})


def loss_cases():
    rng = gf.rng_for("losses")
    uniform = lambda *shape: rng.uniform(0.02, 0.98, shape).astype(np.float32)
    bits = lambda *shape: rng.integers(0, 2, shape).astype(np.float32)
    wide = gf.rand32(rng, 5, 3, scale=3.0)
    wide[0] = [-30, 30, 12]
    loss_case("loss_bce", "BinaryCrossentropy", bits(5, 1), uniform(5, 1), from_logits=False)
    loss_case("loss_bce_columns", "BinaryCrossentropy", bits(4, 3), uniform(4, 3), from_logits=False)
    loss_case("loss_bce_soft_targets", "BinaryCrossentropy", uniform(4, 2), uniform(4, 2), from_logits=False)
    loss_case("loss_bce_logits", "BinaryCrossentropy", bits(5, 3), wide, from_logits=True)
    loss_case("loss_bce_smoothing", "BinaryCrossentropy", bits(4, 1), uniform(4, 1), from_logits=False, label_smoothing=0.1)
    loss_case("loss_bce_weighted", "BinaryCrossentropy", bits(4, 1), uniform(4, 1), [1, 0.5, 2, 0], from_logits=False)
    loss_case("loss_bce_logits_weighted", "BinaryCrossentropy", bits(4, 1), gf.rand32(rng, 4, 1, scale=2.0), [1, 0.5, 2, 0], from_logits=True)
    classes = rng.integers(0, 4, 5).astype(np.int32)
    onehot = np.eye(4, dtype=np.float32)[classes]
    logits = gf.rand32(rng, 5, 4, scale=2.0)
    logits[0] *= 10
    raw = uniform(5, 4)
    summed = (raw / raw.sum(-1, keepdims=True)).astype(np.float32)
    scaled = "Keras divides y_pred by its row sum first, so g.y_pred is the gradient through that division (1/sum more in every column)"
    loss_case("loss_sparse", "SparseCategoricalCrossentropy", classes, summed, notes=scaled, from_logits=False)
    loss_case("loss_sparse_logits", "SparseCategoricalCrossentropy", classes, logits, from_logits=True)
    loss_case("loss_sparse_logits_weighted", "SparseCategoricalCrossentropy", classes, logits, [1, 0, 0.5, 2, 1], from_logits=True)
    steps = rng.integers(0, 3, (2, 4)).astype(np.int32)
    loss_case("loss_sparse_logits_steps", "SparseCategoricalCrossentropy", steps, gf.rand32(rng, 2, 4, 3, scale=2.0), from_logits=True)
    loss_case("loss_categorical", "CategoricalCrossentropy", onehot, summed, notes=scaled, from_logits=False)
    loss_case("loss_categorical_logits", "CategoricalCrossentropy", onehot, logits, from_logits=True)
    loss_case("loss_categorical_smoothing", "CategoricalCrossentropy", onehot, logits, from_logits=True, label_smoothing=0.1)
    for cls, short in (("MeanSquaredError", "mse"), ("MeanAbsoluteError", "mae"), ("Huber", "huber")):
        config = {"delta": 1.0} if cls == "Huber" else {}
        y, p = gf.rand32(rng, 4, 3, scale=1.5), gf.rand32(rng, 4, 3, scale=1.5)
        loss_case(f"loss_{short}", cls, y, p, **config)
        loss_case(f"loss_{short}_weighted", cls, y, p, [1, 0.5, 2, 0], **config)
        loss_case(f"loss_{short}_steps", cls, gf.rand32(rng, 2, 3, 2, scale=1.5), gf.rand32(rng, 2, 3, 2, scale=1.5), **config)
    loss_case("loss_huber_delta", "Huber", gf.rand32(rng, 4, 2, scale=1.5), gf.rand32(rng, 4, 2, scale=1.5), delta=0.4)


if __name__ == "__main__":
    activation_cases()
    loss_cases()
    simple_cases()
    for name in CELLS:
        recurrent_cases(name)
        bidirectional_cases(name)
    keras_trajectories.write_all(FOLDER)
    FOLDER.close()
