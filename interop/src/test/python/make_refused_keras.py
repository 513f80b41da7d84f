"""Writes Keras files that must be refused to ../resources/keras/refused: what Rondo has not, and what attacks it."""

import json
import zipfile

import h5py
import keras_cases
from keras_cases import keras, np, pack, squeeze

L = keras.layers
FOLDER = keras_cases.RESOURCES / "refused"
TEMP = keras_cases.Cases().temp


@keras.saving.register_keras_serializable(package="mine")
class Doubling(L.Layer):
    def call(self, x):
        return 2 * x


def saved(name, *layers, shape=(4, 3), after=lambda model: None):
    model = keras.Sequential([keras.Input(shape), *layers])
    after(model)
    model.save(TEMP / "m.keras")
    pack(TEMP / "m.keras", FOLDER / f"{name}.keras")


def with_config(name, change, weights=None, of="dense"):
    """The model `of` with another configuration and, if given, other weights."""
    with zipfile.ZipFile(FOLDER / f"{of}.keras") as old, zipfile.ZipFile(FOLDER / f"{name}.keras", "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "config.json":
                data = change(data)
            if entry.filename == "model.weights.h5" and weights:
                data = weights()
            new.writestr(zipfile.ZipInfo(entry.filename, keras_cases.TIME), data, compress_type=zipfile.ZIP_DEFLATED)


def sized(units):
    def change(data):
        config = json.loads(data)
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, 40000]
        config["config"]["layers"][1]["config"]["units"] = units
        return json.dumps(config).encode()
    return change


def hdf5(fill):
    def weights():
        with h5py.File(TEMP / "w.h5", "w") as file:
            fill(file)
        return (TEMP / "w.h5").read_bytes()
    return weights


def claims(units, **how):
    def fill(file):
        group = file.create_group("layers/dense/vars")
        group.create_dataset("0", (40000, units), "f4", **how)
        group.create_dataset("1", (units,), "f4")
    return hdf5(fill)


def numbers(file):
    values = np.arange(35 * 7, dtype="f4").reshape(35, 7) / 7
    file["f2"], file["f4"], file["f8"], file["big"] = [values.astype(t) for t in ("<f2", "<f4", "<f8", ">f4")]
    file["i4"], file["scalar"], file["empty"] = values.astype("i4"), np.float32(3), np.zeros((0, 3), "f4")
    for name, how in {"chunked": {}, "gzip": {"compression": "gzip"}, "lzf": {"compression": "lzf"},
                      "shuffled": {"compression": "gzip", "shuffle": True}, "checked": {"fletcher32": True}}.items():
        file.create_dataset(name, data=values, chunks=(8, 4), **how)
    file["soft"], file["external"] = h5py.SoftLink("/f4"), h5py.ExternalLink("/etc/hostname", "/f4")
    file.attrs["text"], file.attrs["fixed"] = "häuser", np.bytes_("abc")
    file.attrs["texts"], file.attrs["none"] = ["a", "bcd"], []
    file.attrs["long0"], file.attrs["long1"] = [b"a", b"b"], [b"c"]
    file["group/inner"] = values


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(1)
    saved("dense", L.Dense(2), shape=(3,))
    saved("lambda", L.Lambda(lambda x: 2 * x, output_shape=(4, 3)), L.LSTM(2))
    saved("custom", Doubling(), L.LSTM(2))
    saved("conv2d", L.Conv2D(2, 3), shape=(8, 8, 1))
    saved("lstm2d", L.ConvLSTM1D(2, 2), shape=(4, 5, 1))
    saved("quantized", L.Dense(4), L.Dense(2), shape=(3,), after=lambda model: model.quantize("int8"))
    x = keras.Input((4, 3))
    keras.Model(x, keras.ops.tanh(L.LSTM(2)(x))).save(TEMP / "m.keras")
    pack(TEMP / "m.keras", FOLDER / "operation.keras")
    x = [keras.Input((1,), dtype="string"), keras.Input((3,))]
    vectors = L.TextVectorization(vocabulary=["a", "b"])
    keras.Model(x, L.Concatenate()([L.LSTM(2)(L.Embedding(4, 2)(vectors(x[0]))), x[1]])).save(TEMP / "m.keras")
    pack(TEMP / "m.keras", FOLDER / "text_in_graph.keras")
    x = keras.Input((3,), dtype="int32")
    e = L.Embedding(4, 2)(L.IntegerLookup(vocabulary=[7, 8])(x))
    keras.Model(x, L.Concatenate()([e, L.Embedding(9, 2)(x)])).save(TEMP / "m.keras")
    pack(TEMP / "m.keras", FOLDER / "numbers_and_ids.keras")
    saved("each_sequence", L.TimeDistributed(L.LSTM(2)), L.GRU(2), shape=(4, 3, 2))
    (FOLDER / "integer_lookup.keras").unlink(missing_ok=True)
    with_config("nested", lambda data: b'{"class_name":' + b'{"a":' * 100 + b"1" + b"}" * 101)
    with_config("huge", sized(1 << 20), claims(1 << 20, chunks=(1000, 1000)))
    with_config("nothing_stored", sized(40000), claims(40000, chunks=(1000, 1000), compression="gzip"))
    with_config("not_written", sized(40000), claims(40000))

    def link(file):
        file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/hostname", "/x")
    with_config("external_link", lambda data: data, hdf5(link))

    def cycle(file):
        file["layers/dense/vars/0"] = np.zeros((3, 2), "f4")
        file["layers/dense/vars/1"] = np.zeros(2, "f4")
        file["layers/again"] = file["layers"]
    with_config("cycle", lambda data: data, hdf5(cycle))
    with h5py.File(TEMP / "numbers.h5", "w") as file:
        numbers(file)
    squeeze(TEMP / "numbers.h5", FOLDER / "numbers.h5.gz")


main()
