"""Loads .keras files that Rondo exported and compares what Keras computes with what it computed with the models they come from.

usage: check_keras_export.py FOLDER     with NAME.keras, NAME.weights.safetensors and NAME.safetensors for each case
"""
import importlib.util
import os
import sys

if "KERAS_BACKEND" not in os.environ:
    os.environ["KERAS_BACKEND"] = next((b for b in ("jax", "torch") if importlib.util.find_spec(b)), "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

try:
    import keras
    import numpy as np
    import safetensors_file
except ImportError as e:
    sys.exit(f"SKIPPED, NOTHING WAS CHECKED: {e}")

# Keras computed the expected outputs itself, from the same weights: what differs is the order of sums.
TOLERANCE = 1e-5


def check(path):
    tensors = safetensors_file.load(path + ".safetensors")
    model = keras.models.load_model(path + ".keras")
    inputs, expected = safetensors_file.numbered(tensors, "input"), safetensors_file.numbered(tensors, "output")
    outputs = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    assert len(outputs) == len(expected), f"{len(outputs)} outputs, expected {len(expected)}"
    worst = 0.0
    for found, wanted in zip(outputs, expected):
        assert found.shape == wanted.shape, f"shape {found.shape}, expected {wanted.shape}"
        worst = max(worst, float(np.abs(found - wanted).max() / np.abs(wanted).max()))
    assert worst <= TOLERANCE, f"differs by {worst:.2e} of the scale"
    # The safetensors file has the same weights under Keras's names.
    named = safetensors_file.load(path + ".weights.safetensors")
    for weight in model.weights:
        if "seed" in weight.path or weight.path.endswith("/count"):
            continue
        # Keras puts the name of the whole model before some paths, and leaves out those of models inside.
        path = weight.path if any(key.endswith(weight.path) for key in named) else weight.path.split("/", 1)[1]
        [key] = [key for key in named if key == path or key.endswith("/" + path)]
        assert np.array_equal(np.asarray(weight), named[key]), f"{key} differs"
    return worst


def main():
    folder = sys.argv[1]
    names = sorted(f[: -len(".keras")] for f in os.listdir(folder) if f.endswith(".keras"))
    failed = []
    for name in names:
        try:
            print(f"{name}: {check(os.path.join(folder, name)):.1e}")
        except Exception as e:
            failed.append(name)
            print(f"{name}: FAILED: {type(e).__name__}: {e}")
    if failed:
        sys.exit(f"{len(failed)} of {len(names)} failed: {' '.join(failed)}")
    print(f"agree: {len(names)}")


main()
