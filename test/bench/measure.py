"""Python's side of `npm run bench`: one piece of work, done each time a line comes in on standard input.

Argument: a JSON object with the work, the side (the peer that does it) and what they need; see `Task` in works.ts.
On the line "check" it prints {"seconds", "peakMegabytes", "figures"}, on "run" {"seconds"} alone. The clock runs from
where imports and inputs are ready to where the result is there; figures are computed afterwards.
"""
import json
import math
import os
import resource
import subprocess
import sys
import time

import numpy

task = json.loads(sys.argv[1])
threads = task["threads"]


def read_matrix(order: str = "C") -> numpy.ndarray:
    """Reads the row-major file, in blocks so that a column-major matrix needs no second copy in memory."""
    width = len(task["columns"])
    path = task["matrix"]
    rows = os.path.getsize(path) // 4 // width
    matrix = numpy.empty((rows, width), numpy.float32, order)
    for start in range(0, rows, 65_536):
        count = min(65_536, rows - start) * width
        block = numpy.fromfile(path, numpy.float32, count, offset=start * width * 4)
        matrix[start : start + 65_536] = block.reshape(-1, width)
    return matrix


def read_classes() -> numpy.ndarray:
    return numpy.fromfile(task["matrix"] + ".classes", numpy.uint8)


def megabytes(peak: int) -> int:
    """Of `ru_maxrss`: kilobytes, but bytes on macOS."""
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6)


# A work is a pair of functions: the first does it and returns seconds and result, the second computes from the result the
# figures that are compared with those of other sides.


def timed(work):
    def run():
        started = time.perf_counter()
        result = work()
        return time.perf_counter() - started, result

    return run


# Loading -------------------------------------------------------------------------------------------------------------


def loading(load, counts):
    """`load` returns a frame, `counts(frame, name)` pairs of category and rows."""

    def figures(frame):
        columns = {}
        row_sums = numpy.zeros(len(frame))
        for name in task["features"]:
            if name in task["nominal"]:
                # The file ends each label with a dot, which we take off.
                columns |= {f"rows of {name} {str(category).rstrip('.')}": rows for category, rows in counts(frame, name)}
            else:
                values = frame[name].to_numpy().astype(numpy.float64)
                columns[f"sum of {name}"] = float(values.sum())
                row_sums += values
        return {"rows": len(frame), "weightedRowSums": weighted(row_sums), "columns": columns}

    return timed(load), figures


def weighted(values):
    """A mean with weights by row, so that the same values in another order have another."""
    return float(numpy.mean(values * (numpy.arange(len(values)) % 1009 + 1)))


def pandas_counts(frame, name):
    return ((category, int(rows)) for category, rows in frame[name].value_counts().items() if rows > 0)


def read_csv_pandas():
    import pandas

    types = {name: numpy.float32 for name in task["features"]}
    types |= {name: numpy.float64 for name in task["amounts"]}
    types |= {name: "category" for name in task["nominal"]}
    return pandas.read_csv(task["files"][0], header=None, names=task["features"], dtype=types)


def load_pandas():
    import pandas  # noqa: F401, before the clock starts

    return loading(read_csv_pandas, pandas_counts)


# Columns of UNSW-NB15 that are no features.
unsw_others = {"id", "attack_cat", "label"}


def reading(read, numeric, counts):
    """`read` returns a frame, `numeric(frame, name)` whether a column has numbers, `counts` as for `loading`."""

    def figures(frame):
        columns = {}
        row_sums = numpy.zeros(len(frame))
        for name in frame.columns:
            if name in unsw_others:
                continue
            if numeric(frame, name):
                values = frame[name].to_numpy().astype(numpy.float64)
                columns[f"sum of {name}"] = float(values.sum())
                row_sums += values
            else:
                columns |= {f"rows of {name} {category}": rows for category, rows in counts(frame, name)}
        return {"rows": len(frame), "weightedRowSums": weighted(row_sums), "columns": columns}

    return timed(read), figures


def read_csv_by_pandas():
    import pandas

    return reading(
        lambda: pandas.read_csv(task["unsw"]),
        lambda frame, name: pandas.api.types.is_numeric_dtype(frame[name]),
        pandas_counts,
    )


def read_csv_by_polars():
    import polars

    return reading(
        lambda: polars.read_csv(task["unsw"], infer_schema_length=None),
        lambda frame, name: frame[name].dtype.is_numeric(),
        lambda frame, name: frame[name].value_counts().iter_rows(),
    )


def import_and_load():
    """A process of its own that knows nothing of the libraries yet."""
    program = (
        "import json, resource, sys; import pandas, sklearn.ensemble; path, names, types = json.loads(sys.argv[1]);"
        "rows = len(pandas.read_csv(path, header=None, names=names, dtype=types));"
        "print(json.dumps([rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))"
    )
    types = {name: "float32" for name in task["features"]}
    types |= {name: "float64" for name in task["amounts"]} | {name: "category" for name in task["nominal"]}
    arguments = json.dumps([task["files"][0], task["features"], types])

    def load():
        return json.loads(subprocess.check_output([sys.executable, "-c", program, arguments]))

    return timed(load), lambda answer: {"rows": answer[0], "peakMegabytes": megabytes(answer[1])}


def load_polars():
    import polars

    types = {name: polars.Float32 for name in task["features"]}
    types |= {name: polars.Float64 for name in task["amounts"]}
    types |= {name: polars.Categorical for name in task["nominal"]}
    return loading(
        lambda: polars.read_csv(task["files"][0], has_header=False, schema=types),
        lambda frame, name: frame[name].value_counts().iter_rows(),
    )


# Isolation forest ----------------------------------------------------------------------------------------------------


def scikit_learn_forest():
    from sklearn.ensemble import IsolationForest

    return IsolationForest(
        n_estimators=task["trees"], max_samples=task["sampleSize"], random_state=task["seed"], n_jobs=threads
    )


def scikit_learn_scores(forest, matrix):
    import joblib

    # n_jobs does not reach score_samples: joblib's own setting does.
    with joblib.parallel_config(backend="threading", n_jobs=threads):
        return -forest.score_samples(matrix)


def isotree_forest():
    from isotree import IsolationForest

    # The paper's forest: isotree's own defaults are others.
    return IsolationForest(
        ntrees=task["trees"],
        sample_size=task["sampleSize"],
        ndim=1,
        max_depth=math.ceil(math.log2(task["sampleSize"])),
        missing_action="fail",
        random_seed=task["seed"],
        nthreads=threads,
    )


def quality(scores, classes):
    from sklearn.metrics import roc_auc_score

    return {"rocAuc": float(roc_auc_score(classes, scores)), "meanScore": float(numpy.mean(scores))}


def fit_forest(new_forest, score, order):
    # Each library gets the order in memory that it is fastest with.
    matrix = read_matrix(order)

    def figures(forest):
        some = slice(None, None, 10)
        return quality(score(forest, numpy.ascontiguousarray(matrix[some])), read_classes()[some])

    return timed(lambda: new_forest().fit(matrix)), figures


def fit_and_score_forest(new_forest, score, order):
    matrix = read_matrix()
    to_fit = matrix if order == "C" else read_matrix(order)
    return timed(lambda: score(new_forest().fit(to_fit), matrix)), lambda scores: quality(scores, read_classes())


def score_forest(new_forest, score):
    matrix = read_matrix()
    forest = new_forest().fit(matrix)
    return timed(lambda: score(forest, matrix)), lambda scores: quality(scores, read_classes())


def isotree_scores(forest, matrix):
    return forest.predict(matrix)


# Autoencoder ---------------------------------------------------------------------------------------------------------


def read_weights():
    """Kernels (inputs × outputs) and biases of the network that every side begins with."""
    values = numpy.fromfile(os.path.join(task["model"], "weights.bin"), numpy.float32)
    sizes = [len(task["columns"]), *task["layers"], len(task["columns"])]
    for inputs, outputs in zip(sizes, sizes[1:]):
        kernel, values = values[: inputs * outputs].reshape(inputs, outputs), values[inputs * outputs :]
        bias, values = values[:outputs], values[outputs:]
        yield kernel, bias


def keras_network():
    import keras
    import tensorflow

    keras.utils.set_random_seed(task["seed"])
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    width = len(task["columns"])
    hidden = [keras.layers.Dense(size, activation="relu") for size in task["layers"]]
    network = keras.Sequential([keras.Input((width,)), *hidden, keras.layers.Dense(width)])
    network.set_weights([array for layer in read_weights() for array in layer])
    return network


def torch_network():
    import torch

    torch.manual_seed(task["seed"])
    torch.set_num_threads(threads)
    modules = []
    for kernel, bias in read_weights():
        layer = torch.nn.Linear(*kernel.shape)
        layer.weight.data = torch.from_numpy(kernel.T.copy())
        layer.bias.data = torch.from_numpy(bias.copy())
        modules += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


def train_keras():
    import keras

    matrix = read_matrix()
    network = keras_network()
    network.compile(keras.optimizers.Adam(task["learningRate"]), "mse")

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.started = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds = time.perf_counter() - self.started

    def run():
        clock = Clock()
        history = network.fit(
            matrix, matrix, batch_size=task["batchSize"], epochs=task["epochs"], callbacks=[clock], verbose=0
        )
        return clock.seconds, history.history["loss"][0]

    return run, lambda loss: {"loss": loss}


def train_torch():
    import torch

    matrix = torch.from_numpy(read_matrix())
    network = torch_network()
    optimizer = torch.optim.Adam(network.parameters(), lr=task["learningRate"], eps=1e-7, fused=True)
    loss_of = torch.nn.MSELoss()

    def run():
        losses = []
        for _ in range(task["epochs"]):
            started = time.perf_counter()
            total = 0.0
            for batch in matrix[torch.randperm(len(matrix))].split(task["batchSize"]):
                optimizer.zero_grad()
                loss = loss_of(network(batch), batch)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            seconds = time.perf_counter() - started
            losses.append(total / len(matrix))
        return seconds, losses[0]

    return run, lambda loss: {"loss": loss}


def scoring(errors):
    """`errors(batch)` computes the score of every row, so many rows at a time."""

    def seconds(batch):
        started = time.perf_counter()
        errors(batch)
        return time.perf_counter() - started

    for batch in task["batches"]:
        errors(batch)  # compiles for this size
    best = min(task["batches"], key=seconds)

    def figures(scores):
        found = quality(scores, read_classes())
        return found | {"weightedScore": weighted(scores), "batch": best}

    return timed(lambda: errors(best)), figures


def score_keras():
    matrix = read_matrix()
    network = keras_network()
    return scoring(lambda batch: numpy.square(network.predict(matrix, batch_size=batch, verbose=0) - matrix).mean(1))


def score_tensorflow():
    """The same network in a compiled function of TensorFlow's, which spares what `predict` does around it."""
    import tensorflow

    matrix = read_matrix()
    network = keras_network()

    @tensorflow.function(input_signature=[tensorflow.TensorSpec((None, matrix.shape[1]))])
    def of_rows(rows):
        return tensorflow.reduce_mean(tensorflow.square(network(rows) - rows), 1)

    def errors(batch):
        starts = range(0, len(matrix), batch)
        return numpy.concatenate([of_rows(matrix[start : start + batch]).numpy() for start in starts])

    return scoring(errors)


def score_torch():
    import torch

    matrix = torch.from_numpy(read_matrix())
    network = torch_network()

    def errors(batch):
        with torch.inference_mode():
            return torch.cat([(network(rows) - rows).square().mean(1) for rows in matrix.split(batch)]).numpy()

    return scoring(errors)


# Exported models -----------------------------------------------------------------------------------------------------


def score_exported():
    """The ONNX file beside the matrix, which makes the matrix itself of the features."""
    import onnxruntime

    folder = os.path.dirname(task["matrix"])
    with open(os.path.join(folder, "features.json")) as file:
        features = json.load(file)
    values = numpy.fromfile(os.path.join(folder, "features.bin")).reshape(len(features), -1)
    inputs = {}
    for (name, categories), column in zip(features, values):
        column = numpy.array(categories, object)[column.astype(int)] if categories else column
        inputs[name] = column.reshape(-1, 1)
    path = task["matrix"] + ".onnx"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    batch = 1024  # larger ones, which leave the caches, are slower

    def scores():
        starts = range(0, values.shape[1], batch)
        parts = ({name: column[at : at + batch] for name, column in inputs.items()} for at in starts)
        return numpy.concatenate([session.run(["score"], part)[0][:, 0] for part in parts])

    def figures(found):
        size = {"modelMegabytes": os.path.getsize(path) / 1e6}
        return quality(found, read_classes()) | {"weightedScore": weighted(found), "batch": batch} | size

    return timed(scores), figures


# The whole study -----------------------------------------------------------------------------------------------------


def whole_study():
    import study

    return timed(lambda: study.run(*task["files"], task["folder"], threads)), study.figures


works = {
    ("load", "pandas"): load_pandas,
    ("load", "polars"): load_polars,
    ("read-csv", "pandas"): read_csv_by_pandas,
    ("read-csv", "polars"): read_csv_by_polars,
    ("import-and-load", "pandas, scikit-learn"): import_and_load,
    ("fit-forest", "scikit-learn"): lambda: fit_forest(scikit_learn_forest, scikit_learn_scores, "C"),
    ("fit-forest", "isotree"): lambda: fit_forest(isotree_forest, isotree_scores, "F"),
    ("fit-and-score-forest", "scikit-learn"): lambda: fit_and_score_forest(
        scikit_learn_forest, scikit_learn_scores, "C"
    ),
    ("fit-and-score-forest", "isotree"): lambda: fit_and_score_forest(isotree_forest, isotree_scores, "F"),
    ("score-forest", "scikit-learn"): lambda: score_forest(scikit_learn_forest, scikit_learn_scores),
    ("score-forest", "isotree"): lambda: score_forest(isotree_forest, isotree_scores),
    ("train-autoencoder", "Keras"): train_keras,
    ("train-autoencoder", "PyTorch"): train_torch,
    ("score-autoencoder", "Keras"): score_keras,
    ("score-autoencoder", "TensorFlow"): score_tensorflow,
    ("score-autoencoder", "PyTorch"): score_torch,
    ("score-forest", "onnxruntime"): score_exported,
    ("score-autoencoder", "onnxruntime"): score_exported,
    ("study", "pandas, scikit-learn, Keras"): whole_study,
}


def main():
    run, figures = works[task["task"], task["side"]]()
    for line in sys.stdin:
        checking = line.strip() == "check"
        seconds, result = run()
        answer = {"seconds": seconds}
        if checking:
            own_peak = megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            answer["figures"] = figures(result)
            # Of a process that it started, where that did the work.
            answer["peakMegabytes"] = answer["figures"].pop("peakMegabytes", own_peak)
        print(json.dumps(answer), flush=True)


main()
