"""What the generators of Keras files share: random weights, small files, the safetensors beside them."""

import gzip
import io
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import zipfile
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import keras2_file  # noqa: E402
import safetensors_file  # noqa: E402


RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "keras"
TIME = (2026, 1, 1, 0, 0, 0)


def rng_for(name):
    """A generator seeded by the case's name: a new case leaves the others' bytes as they are."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def randomize(model, rng):
    """Random weights and biases, so that a gate or a bias in the wrong place shows."""
    for variable in model.variables:
        if "seed_generator" in variable.path:
            continue
        values = rng.standard_normal(variable.shape) * 0.4
        if variable.name in ("moving_variance", "variance", "count"):
            values = np.abs(values) + 0.5
        variable.assign(values.astype("float64" if variable.dtype == "float64" else "float32"))
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def renumber(config):
    """Objects are marked by their addresses in memory: here by their order, so that the file is the same each time."""
    numbers = {}
    return re.sub(rb'"shared_object_id": (\d+)',
                  lambda m: b'"shared_object_id": %d' % numbers.setdefault(m[1], len(numbers)), config)


def pack(saved, target, compress=True):
    """The archive with fixed times; deflated, since HDF5 files of small models are mostly zeros."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, TIME)
            data = old.read(entry)
            if entry.filename == "metadata.json":
                data = b'{"keras_version": "%s", "date_saved": "2026-01-01@00:00:00"}' % keras.__version__.encode()
            if entry.filename == "config.json":
                data = renumber(data)
            kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            new.writestr(info, data, compress_type=kind, compresslevel=9)


def squeeze(saved, target):
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", compresslevel=9, mtime=0) as out:
        out.write(saved.read_bytes())
    target.write_bytes(data.getvalue())


class Cases:
    def __init__(self):
        RESOURCES.mkdir(parents=True, exist_ok=True)
        self.names = []
        self.temp = pathlib.Path(tempfile.mkdtemp())

    @staticmethod
    def wanted(name):
        return len(sys.argv) == 1 or name in sys.argv[1:]

    def inputs_and_outputs(self, name, model, inputs):
        outputs = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))
        tensors = {f"input_{i}": value for i, value in enumerate(inputs)}
        for i, value in enumerate(outputs):
            value = np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(value, "float32")))
            assert np.isfinite(value).all(), name
            tensors[f"output_{i}"] = value
        safetensors_file.save(RESOURCES / f"{name}.safetensors", tensors)

    def add(self, name, model, *inputs, form="keras", compress=True, reference=None):
        """Saves a model; `reference` is one that computes the outputs with the same weights in float32."""
        self.names.append(name)
        if not self.wanted(name):
            return
        randomize(model, rng_for(name))
        if reference is not None:
            reference.set_weights([keras.ops.convert_to_numpy(keras.ops.cast(w, "float32")) for w in model.weights])
        self.inputs_and_outputs(name, reference or model, list(inputs))
        if form == "keras":
            model.save(self.temp / "m.keras")
            pack(self.temp / "m.keras", RESOURCES / f"{name}.keras", compress)
        elif form == "h5":
            model.save(self.temp / "m.h5")
            squeeze(self.temp / "m.h5", RESOURCES / f"{name}.h5.gz")
        elif form == "keras2":
            keras2_file.save(model, self.temp / "m.h5")
            squeeze(self.temp / "m.h5", RESOURCES / f"{name}.h5.gz")
        elif form == "weights":
            model.save_weights(self.temp / "m.weights.h5")
            squeeze(self.temp / "m.weights.h5", RESOURCES / f"{name}.weights.h5.gz")
            (RESOURCES / f"{name}.json").write_text(model.to_json())

    def close(self, index):
        (RESOURCES / index).write_text("".join(f"{name}\n" for name in self.names))
        shutil.rmtree(self.temp)
        print(f"{len(self.names)} cases, {sum(f.stat().st_size for f in RESOURCES.iterdir())} bytes in all")
