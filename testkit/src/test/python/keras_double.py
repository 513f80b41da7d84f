"""Keras on JAX in float64 throughout. Import this before anything that imports Keras."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax

jax.config.update("jax_enable_x64", True)

import keras
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")
# Keras maps every float64 result type back to float32 (ops.tanh does it inside each cell); without the entry it does not.
dtypes.BIT64_TO_BIT32_DTYPE.pop("float64")
assert keras.backend.result_type("float64", float) == "float64"


def assert_double(name, function, *arguments):
    """No float32 value may appear anywhere in the computation, also where it would be widened later."""
    text = str(jax.make_jaxpr(function)(*arguments))
    if "f32[" in text:
        raise AssertionError(f"{name}: computed partly in float32: {next(l for l in text.splitlines() if 'f32[' in l)}")
