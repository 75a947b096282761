"""Scores rows with an ONNX file: python3 score.py FOLDER, which holds model.onnx, features.json and values.bin."""

import json
import sys
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime

folder = Path(sys.argv[1])
model = onnx.load(str(folder / "model.onnx"))
onnx.checker.check_model(model, full_check=True)
features = json.loads((folder / "features.json").read_text())
values = numpy.fromfile(folder / "values.bin", dtype="<f8").reshape(len(features), -1)
inputs = {}
for feature, column in zip(features, values):
    if "categories" in feature:
        column = numpy.array(feature["categories"], dtype=object)[column.astype(int)]
    inputs[feature["name"]] = column.reshape(-1, 1)
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
start = time.perf_counter()
rows = values.shape[1]
parts = [
    session.run(["score", "anomalous"], {name: column[at : at + 32768] for name, column in inputs.items()})
    for at in range(0, rows, 32768)
]
seconds = time.perf_counter() - start
score, anomalous = (numpy.concatenate(part) for part in zip(*parts))
assert score.shape == anomalous.shape == (rows, 1), (score.shape, anomalous.shape)
assert score.dtype == numpy.float64 and anomalous.dtype == bool
score.astype("<f8").tofile(folder / "scores.bin")
anomalous.astype("u1").tofile(folder / "anomalous.bin")
metadata = session.get_modelmeta().custom_metadata_map
print(json.dumps({"onnxruntime": onnxruntime.__version__, "seconds": seconds, "metadata": metadata}))
