"""What the generators share: seeded numbers, the safetensors writer and the index."""

import json
import pathlib
import struct
import zlib

import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden"
DTYPES = {np.dtype(np.float32): "F32", np.dtype(np.int32): "I32"}


def rng_for(name):
    """A generator seeded by the case's name: a new case leaves the others' bytes as they are."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def rand32(rng, *shape, scale=0.3):
    """Normal numbers, rounded to float32 before they are used, so the stored bits are the used values."""
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def as_stored(array):
    array = np.asarray(array)
    if array.ndim == 0:
        array = array.reshape(1)
    kind = np.int32 if array.dtype.kind in "iu" else np.float32
    stored = np.ascontiguousarray(array, dtype=kind)
    if kind is np.float32 and not np.isfinite(stored).all():
        raise ValueError("a golden tensor is not finite")
    return stored


class Folder:
    """One framework's folder: every case goes to a file, and `close` writes the indexes."""

    def __init__(self, framework, versions):
        self.framework = framework
        self.versions = versions
        self.path = GOLDEN / framework
        self.path.mkdir(parents=True, exist_ok=True)
        for old in self.path.glob("*.safetensors"):
            old.unlink()
        self.cases = set()

    def write(self, name, kind, tensors, notes="", **json_metadata):
        if name in self.cases:
            raise ValueError(f"case {name} exists already")
        metadata = {
            "kind": kind,
            "framework": self.framework,
            "versions": self.versions,
            "precision": "float64",
            "notes": notes,
        }
        for key, value in json_metadata.items():
            metadata[key] = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        header, blobs, offset = {"__metadata__": metadata}, [], 0
        for key, value in tensors.items():
            stored = as_stored(value)
            blob = stored.tobytes()
            header[key] = {
                "dtype": DTYPES[stored.dtype],
                "shape": list(stored.shape),
                "data_offsets": [offset, offset + len(blob)],
            }
            offset += len(blob)
            blobs.append(blob)
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        data = struct.pack("<Q", len(text)) + text + b"".join(blobs)
        (self.path / f"{name}.safetensors").write_bytes(data)
        self.cases.add(name)

    def close(self):
        (self.path / "index.txt").write_text("".join(f"{n}\n" for n in sorted(self.cases)))
        write_index()


def header_of(file):
    with open(file, "rb") as data:
        (length,) = struct.unpack("<Q", data.read(8))
        return json.loads(data.read(length))


def write_index():
    """Writes INDEX.md: the conventions, then a table of what the files on disk say about themselves."""
    parts = [(pathlib.Path(__file__).parent / "index_head.md").read_text()]
    for framework in ("keras", "torch"):
        files = sorted((GOLDEN / framework).glob("*.safetensors"))
        parts.append(f"\n## {framework} ({len(files)} cases)\n\n| case | kind | what | shapes |\n| --- | --- | --- | --- |\n")
        for file in files:
            header = header_of(file)
            metadata = header.pop("__metadata__")
            key = {"trajectory": "optimizer"}.get(metadata["kind"], metadata["kind"])
            shown = ("input", "lengths", "initial_h", "output", "last_h", "y_true", "y_pred", "batch0.x", "losses")
            shapes = ", ".join(f"{k} {header[k]['shape']}" for k in shown if k in header)
            what = short(metadata[key])
            parts.append(f"| {file.stem} | {metadata['kind']} | {what} | {shapes} |\n")
    (GOLDEN / "INDEX.md").write_text("".join(parts))


def short(text):
    """The JSON configuration in one line: class, then what is set."""
    if not text.startswith("{"):
        return f"`{text}`"
    return "`" + say(json.loads(text)) + "`"


def say(node):
    inner = []
    for key, value in node["config"].items():
        if isinstance(value, dict):
            inner.append(say(value))
        elif value is not False and key != "units":
            inner.append(f"{key}={value}")
    return f"{node['class_name']}({', '.join(inner)})"


def assert_close(name, exact, single, tolerance):
    """Float32 must agree with float64: otherwise a value sits on a kink and no float32 engine can match it."""
    for key, want in exact.items():
        want, got = np.asarray(want, np.float64), np.asarray(single[key], np.float64)
        off = np.max(np.abs(want - got) / (1 + np.abs(want)), initial=0.0)
        if not off <= tolerance:
            raise AssertionError(f"{name}: {key} differs by {off} between float32 and float64")
