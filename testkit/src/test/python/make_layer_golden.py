"""Makes the golden files of ../resources/golden/layers: single Keras layers with one or several inputs and masks. See README.md.

A case holds `input_0`, `input_1` ..., where given `mask_0` ... (1 counts), the weights `w.*`, `output` and where there is one
`output_mask`, `d_output`, the gradients `g.input_0` ... and `g.w.*` of sum(output * d_output), and with training `after.*`, what the
layer's state becomes.
"""

import keras_double  # first: it sets Keras up

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras.src import backend

import golden_file as gf

FOLDER = gf.Folder("layers", f"keras {keras.__version__}, jax {jax.__version__}, numpy {np.__version__}")


def relative(variable, layer):
    return variable.path.split("/", 1)[1].replace("/", ".") if "/" in variable.path else variable.path


def case(name, cls, shapes, masks=None, training=False, call=None, d_rows=None, dtype="float64", **config):
    layer = getattr(keras.layers, cls)(**config, dtype=dtype)
    rng = gf.rng_for("layers." + name)
    inputs = [gf.rand32(rng, *shape, scale=1.0) for shape in shapes]
    masks = None if masks is None else [None if m is None else np.array(m, np.int32) for m in masks]
    mha = cls == "MultiHeadAttention"
    # Keras asks the values themselves for their masks.
    hung = [] if cls not in ("MultiHeadAttention", "Multiply", "Maximum", "Minimum") else masks or []
    extra = dict(call or {})

    def apply(xs):
        xs = list(xs)
        for x, m in zip(xs, hung):
            if m is not None:
                backend.set_keras_mask(x, jnp.asarray(m, bool))
        if mha:
            if config.get("value_dim", config["key_dim"]) == config["key_dim"]:
                return layer(*xs, **extra)
            # The fused attention of Keras on JAX cannot have values of another width; where scores are asked for it is not used.
            return layer(*xs, **extra, return_attention_scores=True)[0]
        given = list(xs) if len(xs) > 1 else xs[0]
        kwargs = dict(extra)
        if masks is not None and "mask" in layer._call_signature.parameters:
            ms = [None if m is None else jnp.asarray(m, bool) for m in masks]
            kwargs["mask"] = ms if len(xs) > 1 else ms[0]
        if training:
            kwargs["training"] = True
        return layer(given, **kwargs)

    doubles = [jnp.asarray(x, dtype) for x in inputs]
    apply(doubles)
    values = {}
    for variable in layer.variables:
        # Keras counts the batches that a Normalization was adapted to, and uses the count for nothing else.
        if "seed" in variable.path or variable.name == "count":
            continue
        key = relative(variable, layer)
        value = gf.rand32(rng, *variable.shape, scale=0.5)
        if "variance" in key:
            value = np.abs(value) + np.float32(0.5)
        variable.assign(jnp.asarray(value, dtype))
        values[key] = (variable, value)
    if cls == "Normalization":
        layer.finalize_state()
    names = [k for k, (v, _) in values.items() if v.trainable]
    trainable = [values[k][0] for k in names]

    def forward(weights, xs):
        mapping = list(zip(trainable, weights))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            out = apply(xs)
        return out, [scope.get_current_value(v) for v in layer.non_trainable_variables]

    weights = [jnp.asarray(values[k][1], dtype) for k in names]
    output, after = forward(weights, doubles)
    d_output = gf.rand32(rng, *output.shape, scale=1.0)
    if d_rows is not None:
        d_output = d_output * np.array(d_rows, np.float32)[:, :, None]
    scalar = lambda w, xs: jnp.sum(forward(w, xs)[0] * jnp.asarray(d_output, dtype))
    gw, gx = jax.grad(scalar, argnums=(0, 1))(weights, doubles)
    tensors = {f"input_{i}": x for i, x in enumerate(inputs)}
    for i, m in enumerate(masks or []):
        if m is not None:
            tensors[f"mask_{i}"] = m
    tensors.update({f"w.{k}": v for k, (_, v) in values.items()})
    tensors.update({"output": output, "d_output": d_output})
    if masks is not None and not mha:
        ms = [None if m is None else jnp.asarray(m, bool) for m in masks]
        if layer.supports_masking:
            one = layer.compute_mask(doubles if len(ms) > 1 else doubles[0], ms if len(ms) > 1 else ms[0])
            if one is not None:
                tensors["output_mask"] = np.asarray(one, np.int32)
    tensors.update({f"g.input_{i}": g for i, g in enumerate(gx)})
    tensors.update({f"g.w.{k}": g for k, g in zip(names, gw)})
    if training:
        for variable, value in zip(layer.non_trainable_variables, after):
            tensors[f"after.{relative(variable, layer)}"] = value
    node = {"class_name": cls, "config": {**config, **(call or {})}}
    FOLDER.write(name, "training" if training else "inference", tensors, layer=node)


B, T, F = 3, 6, 4
SEQ, VEC = [(B, T, F)], [(B, F)]
ENDS = [[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0]]
HOLES = [[0, 1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 0]]


def activation_cases():
    case("activation_mish", "Activation", SEQ, activation="mish")
    case("activation_glu_vector", "Activation", VEC, activation="glu")
    case("relu_plain", "ReLU", SEQ)
    case("relu_all", "ReLU", SEQ, max_value=1.2, negative_slope=0.2, threshold=0.3)
    case("leaky_relu", "LeakyReLU", VEC, negative_slope=0.15)
    case("prelu", "PReLU", SEQ)
    case("prelu_shared", "PReLU", SEQ, shared_axes=[1])
    case("prelu_one", "PReLU", SEQ, shared_axes=[1, 2])
    case("prelu_steps", "PReLU", SEQ, shared_axes=[2])
    case("prelu_vector", "PReLU", VEC)
    case("elu", "ELU", SEQ, alpha=0.7)
    case("softmax", "Softmax", SEQ)


def window_cases():
    for padding in ("valid", "same", "causal"):
        for strides in (1, 2, 3):
            case(f"conv_{padding}_{strides}", "Conv1D", SEQ, filters=5, kernel_size=3, strides=strides, padding=padding)
        case(f"conv_{padding}_dilated", "Conv1D", SEQ, filters=2, kernel_size=2, dilation_rate=3, padding=padding, activation="tanh")
        case(f"conv_{padding}_even", "Conv1D", SEQ, filters=3, kernel_size=4, padding=padding, use_bias=False)
    case("conv_one", "Conv1D", SEQ, filters=3, kernel_size=1, activation="relu")
    case("conv_groups", "Conv1D", SEQ, filters=6, kernel_size=3, groups=2, padding="same")
    case("conv_depthwise", "Conv1D", SEQ, filters=4, kernel_size=2, groups=4, strides=2, use_bias=False)
    for cls, short in (("MaxPooling1D", "max_pool"), ("AveragePooling1D", "average_pool")):
        case(f"{short}_two", cls, SEQ, pool_size=2)
        for padding in ("valid", "same"):
            case(f"{short}_{padding}_3_1", cls, SEQ, pool_size=3, strides=1, padding=padding)
            case(f"{short}_{padding}_2_3", cls, [(2, 5, 3)], pool_size=2, strides=3, padding=padding)
            case(f"{short}_{padding}_4_3", cls, [(2, 7, 3)], pool_size=4, strides=3, padding=padding)
    case("zero_padding", "ZeroPadding1D", SEQ, padding=[1, 2])
    case("cropping", "Cropping1D", SEQ, cropping=[2, 1])
    case("up_sampling", "UpSampling1D", SEQ, size=3)


def shape_cases():
    case("flatten", "Flatten", SEQ)
    case("reshape_steps", "Reshape", SEQ, target_shape=[3, 8])
    case("reshape_more", "Reshape", SEQ, target_shape=[-1, 3])
    case("reshape_vector", "Reshape", SEQ, target_shape=[24])
    case("reshape_from_vector", "Reshape", [(2, 12)], target_shape=[4, -1])
    case("permute", "Permute", SEQ, dims=[2, 1])
    case("repeat_vector", "RepeatVector", VEC, n=3)


def norm_cases():
    case("layer_norm", "LayerNormalization", SEQ)
    case("layer_norm_bare", "LayerNormalization", VEC, center=False, scale=False, epsilon=1e-5)
    case("layer_norm_masked", "LayerNormalization", SEQ, masks=[ENDS])
    case("batch_norm", "BatchNormalization", SEQ)
    case("batch_norm_bare", "BatchNormalization", VEC, center=False, scale=False, epsilon=1e-4)
    case("batch_norm_training", "BatchNormalization", SEQ, training=True, momentum=0.9)
    case("batch_norm_training_vector", "BatchNormalization", [(7, 3)], training=True, momentum=0.8, scale=False)
    case("batch_norm_training_masked", "BatchNormalization", SEQ, masks=[HOLES], training=True, momentum=0.9)
    case("normalization", "Normalization", SEQ)
    case("normalization_invert", "Normalization", VEC, invert=True)
    case("unit_norm", "UnitNormalization", SEQ)
    case("rescaling", "Rescaling", SEQ, scale=0.25, offset=-1.0)


def merge_cases():
    for cls in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        short = cls.lower()
        case(f"{short}_two", cls, SEQ * 2, masks=[ENDS, HOLES])
        case(f"{short}_broadcast", cls, [(B, T, F), (B, F)])
        case(f"{short}_columns", cls, [(B, T, 1), (B, T, F)], masks=[ENDS, None])
        if cls != "Subtract":
            case(f"{short}_three", cls, VEC * 3)
    case("concatenate", "Concatenate", [(B, T, F), (B, T, 2), (B, T, 1)], masks=[ENDS, HOLES, ENDS])
    case("concatenate_unmasked", "Concatenate", [(B, T, F), (B, T, 2)], masks=[ENDS, None])
    case("concatenate_steps", "Concatenate", [(B, T, F), (B, 2, F), (B, 3, F)], axis=1)
    case("concatenate_steps_masked", "Concatenate", [(B, T, F), (B, T, F)], masks=[ENDS, HOLES], axis=1)
    case("concatenate_vectors", "Concatenate", [(B, F), (B, 2)])
    case("dot_vectors", "Dot", VEC * 2, axes=1)
    case("dot_vectors_normalized", "Dot", VEC * 2, axes=-1, normalize=True)
    case("dot_features", "Dot", [(B, T, F), (B, 5, F)], axes=2)
    case("dot_steps", "Dot", [(B, T, F), (B, T, 3)], axes=1)
    case("dot_steps_normalized", "Dot", [(B, T, F), (B, T, 3)], axes=1, normalize=True)
    case("dot_mixed", "Dot", [(B, T, F), (B, F, 3)], axes=[2, 1])
    case("dot_crossed", "Dot", [(B, F, T), (B, 5, F)], axes=[1, 2])
    case("dot_sequence_vector", "Dot", [(B, T, F), (B, F)], axes=[2, 1])
    case("dot_steps_vector", "Dot", [(B, T, F), (B, T)], axes=[1, 1])
    case("dot_vector_sequence", "Dot", [(B, T), (B, T, F)], axes=[1, 1])


def attention_cases():
    qv, qvk = [(B, T, F), (B, 5, F)], [(B, T, F), (B, 5, 3), (B, 5, F)]
    keys = [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [0, 1, 0, 1, 1]]
    for cls, short in (("Attention", "attention"), ("AdditiveAttention", "additive")):
        case(f"{short}", cls, qv)
        case(f"{short}_unscaled", cls, qv, use_scale=False)
        case(f"{short}_scaled_key", cls, qvk, use_scale=True)
        case(f"{short}_masked", cls, qv, masks=[ENDS, keys], use_scale=True)
        case(f"{short}_causal", cls, SEQ * 2, call={"use_causal_mask": True})
    case("attention_concat", "Attention", qvk, score_mode="concat")
    case("attention_concat_scaled", "Attention", qv, masks=[None, keys], score_mode="concat", use_scale=True)
    case("attention_causal_masked", "Attention", SEQ * 2, masks=[ENDS, ENDS], call={"use_causal_mask": True})
    case("multi_head_self", "MultiHeadAttention", SEQ * 2, num_heads=2, key_dim=3)
    case("multi_head_one", "MultiHeadAttention", SEQ * 2, num_heads=1, key_dim=4, use_bias=False)
    case("multi_head_cross", "MultiHeadAttention", [(B, T, F), (B, 5, 3)], num_heads=3, key_dim=2, value_dim=5)
    case("multi_head_key", "MultiHeadAttention", qvk, num_heads=2, key_dim=2, output_shape=7)
    case("multi_head_causal", "MultiHeadAttention", SEQ * 2, num_heads=2, key_dim=2, call={"use_causal_mask": True})
    case("multi_head_masked", "MultiHeadAttention", qv, masks=[None, keys], num_heads=2, key_dim=3)
    case("multi_head_query_masked", "MultiHeadAttention", qv, masks=[ENDS, keys], d_rows=ENDS, num_heads=2, key_dim=3)
    case("multi_head_causal_masked", "MultiHeadAttention", SEQ * 2, masks=[ENDS, ENDS], num_heads=2, key_dim=3, call={"use_causal_mask": True})
    # A sequence without a key to see. Attention and AdditiveAttention lower the scores by 1e9, which leaves equal ones in float32 alone;
    # of these Keras's gradients go through what is rounded away, so none is asked for.
    none, others = [[0] * 5] + keys[1:], [[0] * T] + [[1] * T] * 2
    case("multi_head_unseeing", "MultiHeadAttention", qv, masks=[None, none], num_heads=2, key_dim=3)
    case("attention_unseeing", "Attention", qv, masks=[None, none], d_rows=others, dtype="float32", use_scale=True)
    case("additive_unseeing", "AdditiveAttention", qv, masks=[None, none], d_rows=others, dtype="float32")


if __name__ == "__main__":
    activation_cases()
    window_cases()
    shape_cases()
    norm_cases()
    merge_cases()
    attention_cases()
    (FOLDER.path / "index.txt").write_text("".join(f"{n}\n" for n in sorted(FOLDER.cases)))
