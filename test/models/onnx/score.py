"""Scores rows with ONNX files: python3 score.py FOLDER…, each of which holds model.onnx, features.json and values.bin."""

import json
import sys
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime

batch = 1024


def score(folder: Path) -> dict:
    path = folder / "model.onnx"
    onnx.checker.check_model(onnx.load(path), full_check=True)
    features = json.loads((folder / "features.json").read_text())
    values = numpy.fromfile(folder / "values.bin", dtype="<f8").reshape(len(features), -1)
    inputs = {}
    for feature, column in zip(features, values):
        if "categories" in feature:
            column = numpy.array(feature["categories"], dtype=object)[column.astype(int)]
        inputs[feature["name"]] = column.reshape(-1, 1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    rows = values.shape[1]
    start = time.perf_counter()
    parts = [
        session.run(names, {name: column[at : at + batch] for name, column in inputs.items()})
        for at in range(0, rows, batch)
    ]
    seconds = time.perf_counter() - start
    for name, found in zip(names, zip(*parts)):
        found = numpy.concatenate(found)
        assert found.dtype == (bool if name == "anomalous" else numpy.float64), found.dtype
        assert found.shape == (rows, len(features) if name == "contributions" else 1), found.shape
        found.astype("<f8").tofile(folder / f"{name}.bin")
    return {"seconds": seconds, "metadata": session.get_modelmeta().custom_metadata_map}


print(json.dumps([score(Path(folder)) for folder in sys.argv[1:]]))
