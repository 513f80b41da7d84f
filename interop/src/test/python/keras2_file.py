"""Writes a model as Keras 2.15 did: its configuration, its names of weights, its file.

Keras 2 does not run beside Keras 3 on a new Python, so the differences are made by hand: types and shapes of inputs, plain
initializers and policies, calls as nested lists, names of weights that end in `:0`, attributes of bytes.
"""

import json

import h5py
import numpy as np


def plain(value):
    """Objects without the module and registered name that Keras 3 adds."""
    if isinstance(value, dict):
        if value.get("class_name") == "DTypePolicy":
            return value["config"]["name"]
        dropped = ("module", "registered_name", "build_config", "shared_object_id", "quantization_config")
        return {k: plain(v) for k, v in value.items() if k not in dropped}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def layer_config(layer):
    config = plain(layer["config"])
    if layer["class_name"] in ("Sequential", "Functional"):
        config = model_config(layer["class_name"], layer["config"])
    if "batch_shape" in config:
        config["batch_input_shape"] = config.pop("batch_shape")
        config.pop("optional", None)
    for cell in [config, config.get("layer", {}).get("config", {}), config.get("backward_layer", {}).get("config", {})]:
        if "recurrent_activation" in cell:
            cell.update(implementation=2, time_major=False)
        cell.pop("zero_output_for_mask", None)
        cell.pop("seed", None)
    return config


def calls(nodes):
    """`[[["lstm", 0, 0, {}], ...], ...]`, one list for each application."""
    def values(argument):
        if isinstance(argument, dict):
            return [[*argument["config"]["keras_history"], {}]]
        return [value for element in argument for value in values(element)]

    listed = []
    for node in nodes:
        inputs = values(node["args"])
        for state in (node.get("kwargs") or {}).get("initial_state") or []:
            inputs += values(state)
        listed.append(inputs)
    return listed


def model_config(class_name, config):
    result = {"name": config["name"], "layers": []}
    for layer in config["layers"]:
        entry = {"class_name": layer["class_name"], "config": layer_config(layer)}
        if class_name == "Functional":
            entry["name"] = layer["name"]
            entry["inbound_nodes"] = calls(layer["inbound_nodes"])
        result["layers"].append(entry)
    if class_name == "Functional":
        for key in ("input_layers", "output_layers"):
            ends = config[key]
            result[key] = [ends] if isinstance(ends[0], str) else ends
    return result


def save(model, path):
    kind = type(model).__name__
    config = {"class_name": kind, "config": model_config(kind, json.loads(model.to_json())["config"])}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.15.0"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(config).encode("utf8")
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [layer.name.encode("utf8") for layer in model.layers]
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = b"2.15.0"
        for layer in model.layers:
            inner = group.create_group(layer.name)
            weights = layer.trainable_weights + layer.non_trainable_weights
            names = [f"{layer.name}/{weight.path.split('/', 1)[-1]}:0" for weight in weights]
            inner.attrs["weight_names"] = [name.encode("utf8") for name in names]
            for name, weight in zip(names, weights):
                inner.create_dataset(name, data=np.asarray(weight))
