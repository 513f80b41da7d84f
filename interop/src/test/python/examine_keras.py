"""Draws random Keras models and compares what Keras computes with what Rondo computes after `rondo import`.

    python examine_keras.py --count 150 --seed 1        (Keras 3.15 with JAX, h5py)

One line for each model that differs, and for each that is refused, with the reason; then how many agree. Exits with 1 if one differs.
The same seed draws the same models: `--seed 17 --count 1 --keep FOLDER` leaves the files of the model that was called 17. With
`--back` each model is exported to .keras again and computed by Keras. Models are Sequential or functional, with several inputs and
outputs, masks, shared layers and models within models; options are drawn of all that docs/guide/interop.md lists, and some that it
does not.
"""

import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import keras_cases  # noqa: E402
import numpy as np  # noqa: E402
import safetensors_file  # noqa: E402

warnings.simplefilter("ignore")  # Keras tells of masks that end, which random models do often
L = keras.layers
ROOT = pathlib.Path(__file__).resolve().parents[4]
# Both sides compute in float32, with sums in another order; a wrong gate or mask shows from 0.01 on.
TOLERANCE = 1e-5
# Weights and inputs are of the order of one: what is much smaller is a difference of such numbers.
LEAST_SCALE = 0.1
VOCABULARY = 9
ACTIVATIONS = ["relu", "relu6", "sigmoid", "tanh", "softplus", "softsign", "silu", "gelu", "elu", "selu", "exponential", "linear",
               "softmax", "leaky_relu", "hard_sigmoid", "hard_silu", "mish", "log_softmax", "log_sigmoid", "celu", "glu",
               "tanh_shrink", "soft_shrink", "hard_tanh", "hard_shrink", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax",
               "threshold", None]
OF_CELLS = ["tanh", "relu", "linear", "softsign", "elu", "gelu", "sigmoid", "hard_sigmoid", "silu", "mish", "selu", "leaky_relu",
            "relu6", "hard_tanh", "softmax", "softplus", "log_sigmoid", "hard_silu", None]
OF_GATES = ["sigmoid", "hard_sigmoid", "tanh", "linear", "relu", "softsign", "sparse_sigmoid", "softplus"]


class Draw:
    """Random layers for a value of a given shape."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def flip(self, share=0.5):
        return self.random.random() < share

    def pick(self, *values):
        return self.random.choice(values)

    def size(self, most=5):
        return self.random.randint(1, most)

    def activation(self):
        return self.pick(*ACTIVATIONS) if self.flip(0.6) else self.pick("tanh", "relu", None)

    def numbers(self, low, high, count):
        return [round(self.random.uniform(low, high), 3) for _ in range(count)]

    # Recurrent layers

    def cell_options(self):
        options = {"units": self.size(), "use_bias": self.flip(0.8)}
        if self.flip(0.3):
            options["activation"] = self.pick(*OF_CELLS)
        for name in ("dropout", "recurrent_dropout"):
            if self.flip(0.3):
                options[name] = 0.2
        return options

    def of_kind(self, kind, options):
        if "SimpleRNN" not in kind and self.flip(0.3):
            options["recurrent_activation"] = self.pick(*OF_GATES)
        if "GRU" in kind:
            options["reset_after"] = self.flip()
        if "LSTM" in kind and self.flip(0.3):
            options["unit_forget_bias"] = False
        return getattr(L, kind)(**options)

    def recurrent(self, sequences, backwards=None, **given):
        kind = self.pick("SimpleRNN", "LSTM", "GRU", "RNN")
        options = {"return_sequences": sequences, "zero_output_for_mask": self.flip(0.2)}
        options["go_backwards"] = self.flip(0.2) if backwards is None else backwards
        options.update(given)
        if kind != "RNN":
            return self.of_kind(kind, self.cell_options() | options)
        cells = [self.of_kind(self.pick("SimpleRNNCell", "LSTMCell", "GRUCell"), self.cell_options())
                 for _ in range(self.size(3))]
        return L.RNN(cells if len(cells) > 1 or self.flip(0.3) else cells[0], **options)

    def bidirectional(self, sequences, pair=False, **given):
        mode = self.pick("concat", "sum", "mul", "ave", *([None] if pair else []))
        forward = self.recurrent(sequences, backwards=False, **given)
        other = None
        if mode in ("concat", None) and not given and self.flip(0.25):
            other = self.recurrent(sequences, backwards=True, zero_output_for_mask=forward.zero_output_for_mask)
        return L.Bidirectional(forward, merge_mode=mode, backward_layer=other)

    # Layers of one input

    def layer(self, value, nested=True):
        """A layer that may fit: who applies it has to be ready for an error."""
        steps = value.shape[1] if len(value.shape) == 3 else None
        kinds = ["dense", "dense", "activation", "activations", "noise", "noise", "batch", "layer_norm", "normalization", "rescaling",
                 "unit"]
        if len(value.shape) == 3:
            kinds += ["recurrent"] * 3 + ["bidirectional"] * 2 + ["each_step"] * 2 + ["pool_all", "masking", "convolution"]
            kinds += ["convolution", "pooling", "pooling", "flatten", "shape", "shape", "softmax", "prelu", "pad"] if steps else []
        else:
            kinds += ["repeat", "shape", "prelu", "flatten"]
        kinds += ["model"] if nested else []
        return getattr(self, "_" + self.pick(*kinds))(value)

    def _dense(self, _):
        return L.Dense(self.size(6), activation=self.activation(), use_bias=self.flip(0.8))

    def _activation(self, _):
        return L.Activation(self.activation() or "linear")

    def _activations(self, _):
        return self.pick(L.ReLU(max_value=self.pick(None, 1.5), negative_slope=self.pick(0.0, 0.2), threshold=self.pick(0.0, 0.3)),
                         L.LeakyReLU(self.pick(0.3, 0.1)), L.ELU(self.pick(1.0, 0.5)), L.Softmax(axis=-1))

    def _softmax(self, _):
        return L.Softmax(axis=self.pick(1, 2, -2, [1, 2]))

    def _prelu(self, value):
        return L.PReLU(shared_axes=self.pick(None, [1])) if len(value.shape) == 3 else L.PReLU()

    def _noise(self, _):
        return self.pick(L.Dropout(0.3), L.GaussianNoise(0.2), L.GaussianDropout(0.2), L.AlphaDropout(0.2),
                         L.ActivityRegularization(0.1), L.Identity(), L.SpatialDropout1D(0.3))

    def _batch(self, value):
        return L.BatchNormalization(axis=self.pick(-1, -1, -1, len(value.shape) - 1, 1), center=self.flip(0.7), scale=self.flip(0.7),
                                    epsilon=self.pick(1e-3, 1e-5))

    def _layer_norm(self, value):
        if value.shape[-1] == 1:  # zero, which Keras computes as a difference of large products
            return self._dense(value)
        if self.flip(0.1):
            return self.pick(L.RMSNormalization(axis=-1), L.GroupNormalization(groups=1, axis=-1))
        return L.LayerNormalization(axis=self.pick(-1, -1, [-1], len(value.shape) - 1, [-2, -1]), center=self.flip(0.7),
                                    scale=self.flip(0.7), epsilon=self.pick(1e-3, 1e-5))

    def _normalization(self, value):
        axis = self.pick(-1, -1, None)
        given = {}
        if self.flip():
            count = value.shape[-1] if axis else 1
            mean, variance = self.numbers(-1, 1, count), self.numbers(0.5, 2, count)
            given = {"mean": mean if axis else mean[0], "variance": variance if axis else variance[0]}
        return L.Normalization(axis=axis, invert=self.flip(0.2), **given)

    def _rescaling(self, value):
        features = value.shape[-1]
        return L.Rescaling(self.pick(0.5, 2, self.numbers(0.5, 2, features)), self.pick(0, -1.0, self.numbers(-1, 1, features)))

    def _unit(self, value):
        return L.UnitNormalization(axis=self.pick(-1, -1, len(value.shape) - 1))

    def _recurrent(self, _):
        return self.recurrent(self.flip(0.6))

    def _bidirectional(self, _):
        return self.bidirectional(self.flip(0.6))

    def _each_step(self, value):
        features = value.shape[-1]
        inner = self.pick(L.Dense(self.size(4), activation=self.activation()), L.Dropout(0.2), L.Activation("tanh"),
                          self._layer_norm(value), L.BatchNormalization(), L.Flatten(), L.Reshape((features,)), L.PReLU(),
                          L.TimeDistributed(L.Dense(2)), self._model(keras.Input((features,))))
        return L.TimeDistributed(inner)

    def _masking(self, value):
        return L.Masking(0.0) if getattr(value, "_keras_mask", None) is None else L.Dropout(0.1)

    def _pool_all(self, _):
        return self.pick(L.GlobalMaxPooling1D, L.GlobalAveragePooling1D)(keepdims=self.flip(0.3))

    def _convolution(self, value):
        strides, groups = self.pick(1, 1, 2, 3), self.pick(1, 1, value.shape[-1])
        return L.Conv1D(groups * self.size(3), self.size(3), strides=strides, padding=self.pick("valid", "same", "causal"),
                        dilation_rate=self.pick(1, 1, 2) if strides == 1 else 1, groups=groups, activation=self.activation(),
                        use_bias=self.flip(0.8))

    def _pooling(self, _):
        return self.pick(L.MaxPooling1D, L.AveragePooling1D)(self.size(3), strides=self.pick(None, 1, 2),
                                                             padding=self.pick("valid", "same"))

    def _flatten(self, _):
        return L.Flatten()

    def _shape(self, value):
        if len(value.shape) == 3:
            _, steps, features = value.shape
            if self.flip(0.4):
                return L.Permute(self.pick((2, 1), (1, 2)))
            return L.Reshape(self.pick((steps * features,), (features, steps), (-1,), (-1, features), (1, steps * features)))
        features = value.shape[-1]
        return L.Reshape(self.pick((features, 1), (1, features), (-1, 1), (features,), (1, -1)))

    def _pad(self, _):
        return self.pick(L.ZeroPadding1D(self.pick(1, (1, 2), (0, 1))), L.Cropping1D(self.pick(1, (1, 0), (0, 1))),
                         L.UpSampling1D(self.pick(2, 3)))

    def _repeat(self, _):
        return L.RepeatVector(self.size(4))

    def _model(self, value):
        start = keras.Input(value.shape[1:])
        end = start
        for _ in range(self.size(3)):
            end = self.applied(end, nested=False)
        return keras.Model(start, end if end is not start else L.Dense(2)(start))

    def applied(self, value, nested=True):
        """The value after some layer that fits."""
        while True:
            try:
                after = self.layer(value, nested)(value)
            except (ValueError, TypeError, IndexError):
                continue
            if is_value(after):
                return after

    # Layers of several inputs

    def merged(self, one, values):
        kind = self.pick("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Concatenate", "Dot")
        if kind == "Dot":
            return [L.Dot(axes=self.pick(1, 2, -1, (1, 2), (2, 1), (1, 1), (2, 2)), normalize=self.flip(0.3))(
                [one, self.pick(*values)])]
        if kind == "Concatenate":
            return [L.Concatenate(axis=self.pick(-1, -1, 1, -2))([one] + [self.pick(*values) for _ in range(self.size(2))])]
        alike = [value for value in values if value.shape == one.shape]
        others = 1 if kind == "Subtract" else self.size(2)
        return [getattr(L, kind)()([one] + [self.pick(*alike) for _ in range(others)])]

    def states(self, value, values):
        """A recurrent layer that gives its states, and perhaps one that starts from them."""
        if self.flip(0.3):
            return keras.tree.flatten(self.bidirectional(self.flip(), return_state=True)(value))
        if self.flip(0.3):
            return keras.tree.flatten(self.bidirectional(self.flip(), pair=True)(value))
        output, *states = keras.tree.flatten(self.recurrent(self.flip(), return_state=True)(value))
        made = [output, *states]
        if self.flip(0.6):
            kind = L.LSTM if len(states) == 2 else self.pick(L.GRU, L.SimpleRNN)
            reader = kind(states[0].shape[-1], return_sequences=self.flip())
            made.append(reader(self.pick(*sequences(values)), initial_state=states))
        return made

    def attended(self, query, values):
        value = self.pick(*sequences(values))
        causal = {"use_causal_mask": True} if self.flip(0.3) else {}
        kind = self.pick("Attention", "AdditiveAttention", "MultiHeadAttention")
        if kind == "MultiHeadAttention":
            # Keras takes masks off what it is applied to while it runs; the guide says so.
            if any(getattr(each, "_keras_mask", None) is not None for each in (query, value)):
                return []
            heads = L.MultiHeadAttention(self.size(3), self.size(3), value_dim=self.pick(None, 2), use_bias=self.flip(0.7),
                                         output_shape=self.pick(None, 3), dropout=0.1)
            return [heads(query, value, **causal)]
        if value.shape[-1] != query.shape[-1]:
            value = L.Dense(query.shape[-1])(value)
        keys = [L.Dense(query.shape[-1])(value)] if self.flip(0.4) else []
        layer = L.Attention(use_scale=self.flip(), score_mode=self.pick("dot", "concat"), dropout=self.pick(0.0, 0.2)) \
            if kind == "Attention" else L.AdditiveAttention(use_scale=self.flip())
        return [layer([query, value, *keys], **causal)]


def is_value(value):
    return len(value.shape) in (2, 3) and 0 not in value.shape[1:]


def sequences(values):
    return [value for value in values if len(value.shape) == 3]


def begin(draw, steps, name=None):
    """An input, and the first value behind it."""
    kind = draw.pick("tokens", "sequence", "sequence", "vector")
    if kind == "tokens":
        ids = keras.Input((steps,), dtype="int32", name=name)
        return ids, L.Embedding(VOCABULARY, draw.size(), mask_zero=draw.flip())(ids)
    if kind == "vector":
        vector = keras.Input((draw.size(),), name=name)
        return vector, vector
    sequence = keras.Input((steps, draw.size(4)), name=name)
    return sequence, L.Masking(0.0)(sequence) if draw.flip(0.25) else sequence


def stack(draw):
    start, end = begin(draw, draw.pick(None, draw.random.randint(4, 8), draw.random.randint(4, 8)))
    for _ in range(draw.size()):
        end = draw.applied(end)
    layers = keras.Model(start, end).layers[1:] or [L.Dense(2)]
    return keras.Sequential([keras.Input(start.shape[1:], dtype=start.dtype), *layers])


def graph(draw):
    common = draw.random.randint(3, 6)
    begun = [begin(draw, draw.pick(None, common, common, draw.random.randint(3, 7)), None if draw.flip() else f"in_{i}")
             for i in range(draw.size(3))]
    inputs, values = [list(part) for part in zip(*begun)]
    used, made = [], []
    for _ in range(draw.random.randint(2, 8)):
        value = draw.pick(*(values + made)[-4:]) if draw.flip(0.7) else draw.pick(*values, *made)
        share = draw.random.random()
        try:
            if share < 0.45:
                layer = draw.layer(value)
                new = [layer(value)]
                used.append((layer, len(value.shape)))
            elif share < 0.55:
                alike = [layer for layer, axes in used if axes == len(value.shape)]
                new = [draw.pick(*alike)(value)] if alike else []
            elif share < 0.72:
                new = draw.merged(value, values + made)
            elif len(value.shape) == 3:
                new = draw.states(value, values + made) if share < 0.85 else draw.attended(value, values + made)
            else:
                new = []
        except (ValueError, TypeError, IndexError):
            continue
        made += [each for each in new if is_value(each)]
    made = made or [L.Dense(2)(values[0])]
    outputs = [made[-1]] + [value for value in made[:-1] if draw.flip(0.3)]
    return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])


def inputs_of(model, rng):
    steps = int(rng.integers(4, 8))
    found = []
    for value in model.inputs:
        shape = [3] + [size or steps for size in value.shape[1:]]
        if "int" in str(value.dtype):
            ids = rng.integers(0, VOCABULARY, shape).astype(np.int32)
            ids[rng.random(shape) < 0.25] = 0
            found.append(ids)
        else:
            numbers = rng.standard_normal(shape).astype(np.float32)
            if len(shape) == 3:
                numbers[rng.random(shape[:2]) < 0.2] = 0
            found.append(numbers)
    return found


def compute(model, inputs):
    outputs = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))
    return [np.asarray(keras.ops.convert_to_numpy(output)).astype(np.float32) for output in outputs]


def tensors(prefix, values):
    return {prefix: values[0]} if len(values) == 1 else {f"{prefix}_{i}": value for i, value in enumerate(values)}


def difference(found, expected):
    """In words, or nothing."""
    if [each.shape for each in found] != [each.shape for each in expected]:
        return f"shapes {[each.shape for each in found]}, expected {[each.shape for each in expected]}"
    for number, (one, other) in enumerate(zip(found, expected)):
        scale, apart = float(np.abs(other).max()), float(np.abs(one - other).max())
        if not apart <= TOLERANCE * max(scale, LEAST_SCALE):
            return f"output {number} by {apart:.1e} of {scale:.1e}"
    return ""


class Examiner:
    def __init__(self, rondo, folder, back):
        self.rondo, self.folder, self.back = rondo, folder, back

    def call(self, *arguments):
        """Runs the command; what it says if it fails, in a line, else nothing."""
        done = subprocess.run([self.rondo, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]

    def examine(self, seed):
        """One of agrees, refused, differs, not computed by Keras; and the reason."""
        keras.utils.set_random_seed(seed)
        keras.backend.clear_session()
        draw, rng = Draw(seed), np.random.default_rng(seed)
        model = stack(draw) if draw.flip(0.45) else graph(draw)
        inputs = inputs_of(model, rng)
        try:
            compute(model, inputs)  # normalizations get their weights by it
            keras_cases.randomize(model, rng)
            expected = compute(model, inputs)
        except Exception:  # whatever Keras and its backend say of a model that they cannot run
            return "not computed by Keras", ""
        if not all(np.isfinite(each).all() for each in expected):
            return "not computed by Keras", ""
        given, imported = self.folder / f"{seed}.inputs", self.folder / f"{seed}.rondo"
        safetensors_file.save(given, tensors("input", inputs))
        refusal = self.call("import", *self.saved(model, draw, seed), "--out", imported)
        if refusal:
            return ("differs" if "defect of rondo" in refusal else "refused"), refusal
        result = self.folder / f"{seed}.outputs"
        failure = self.call("run", imported, "--input", given, "--output", result)
        if failure:
            return "differs", failure
        found = safetensors_file.load(result)
        found = [found["output"]] if "output" in found else safetensors_file.numbered(found, "output")
        differs = difference(found, expected)
        if differs or not self.back:
            return "differs" if differs else "agrees", differs
        return self.returned(imported, seed, inputs, expected)

    def saved(self, model, draw, seed):
        """Saves the model in one of three ways; what to give to rondo import."""
        if draw.flip(0.65):
            model.save(self.folder / f"{seed}.keras")
            return [self.folder / f"{seed}.keras"]
        if draw.flip(0.6):
            model.save(self.folder / f"{seed}.h5")
            return [self.folder / f"{seed}.h5"]
        model.save_weights(self.folder / f"{seed}.weights.h5")
        (self.folder / f"{seed}.json").write_text(model.to_json())
        return [self.folder / f"{seed}.weights.h5", "--model", self.folder / f"{seed}.json"]

    def returned(self, imported, seed, inputs, expected):
        exported = self.folder / f"{seed}.back.keras"
        refusal = self.call("export", imported, "--out", exported)
        if refusal:
            return ("differs" if "defect of rondo" in refusal else "refused"), "back: " + refusal
        found = compute(keras.models.load_model(exported), inputs)
        differs = difference(found, expected)
        return ("differs", "back: " + differs) if differs else ("agrees", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="how many models")
    parser.add_argument("--seed", type=int, default=1, help="the number of the first")
    parser.add_argument("--back", action="store_true", help="export them to Keras again too")
    parser.add_argument("--rondo", default=str(ROOT / "rondo"), help="the command")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the files, which else are removed")
    options = parser.parse_args()
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        examiner = Examiner(options.rondo, folder, options.back)
        for seed in range(options.seed, options.seed + options.count):
            verdict, reason = examiner.examine(seed)
            counts[verdict] += 1
            if reason:
                print(f"{seed} {verdict}: {reason}", flush=True)
    print(", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items())))
    sys.exit(1 if counts["differs"] else 0)


if __name__ == "__main__":
    main()
