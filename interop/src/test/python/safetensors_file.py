"""Reads and writes safetensors files, which are 8 bytes of length, a header in JSON, and the numbers."""

import json
import struct

import numpy as np

TYPES = {"F32": np.float32, "I32": np.int32, "I64": np.int64}
NAMES = {np.dtype(np.float32): "F32", np.dtype(np.int32): "I32"}


def load(path):
    """The tensors of a file by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[slice(*tensor["data_offsets"])], TYPES[tensor["dtype"]]).reshape(tensor["shape"])
            for name, tensor in header.items()}


def numbered(tensors, prefix):
    """The tensors prefix_0, prefix_1, ..."""
    found = []
    while f"{prefix}_{len(found)}" in tensors:
        found.append(tensors[f"{prefix}_{len(found)}"])
    return found


def save(path, tensors):
    """Writes tensors, whole numbers as int32 and others as float32."""
    header, blobs, offset = {}, [], 0
    for key, value in tensors.items():
        value = np.asarray(value)
        value = np.ascontiguousarray(value, np.int32 if value.dtype.kind in "iu" else np.float32)
        blob = value.tobytes()
        header[key] = {
            "dtype": NAMES[value.dtype],
            "shape": list(value.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
