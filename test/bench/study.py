"""The study of `npm start` in Python, with pandas, scikit-learn and Keras: the whole way from the gzip files to metrics.

What it does, and what test/bench/study.ts does with the library: reads both files; protocol `novelty` (fit on 80 % of the
training file's normal rows, thresholds from the other 20 % at 5 % false alarms, scored on the whole training file and on
the test file) with isolation forest, autoencoder and three baselines; protocols `mixed` and `literature` with isolation
forests; all metrics, over distinct rows too; metrics.json and predictions.parquet. No pictures, and no saved models.

Usage: python study.py TRAINING_FILE TEST_FILE FOLDER
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import joblib
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score

NAMES = (
    "duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot num_failed_logins logged_in "
    "num_compromised root_shell su_attempted num_root num_file_creations num_shells num_access_files num_outbound_cmds "
    "is_host_login is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate same_srv_rate "
    "diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count dst_host_same_srv_rate dst_host_diff_srv_rate "
    "dst_host_same_src_port_rate dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate "
    "dst_host_rerror_rate dst_host_srv_rerror_rate label"
).split()
NOMINAL = ["protocol_type", "service", "flag"]
AMOUNTS = ["duration", "src_bytes", "dst_bytes"]
NUMERIC = [name for name in NAMES[:-1] if name not in NOMINAL]

CATEGORIES = {
    "dos": "back land neptune pod smurf teardrop apache2 mailbomb processtable udpstorm",
    "probe": "ipsweep nmap portsweep satan mscan saint",
    "r2l": "ftp_write guess_passwd imap multihop phf spy warezclient warezmaster named sendmail snmpgetattack snmpguess "
    "worm xlock xsnoop",
    "u2r": "buffer_overflow loadmodule perl rootkit httptunnel ps sqlattack xterm",
}
CATEGORY_OF = {attack: category for category, attacks in CATEGORIES.items() for attack in attacks.split()}

SEED = 1
FALSE_ALARM_RATE = 0.05


# Data and preprocessing ----------------------------------------------------------------------------------------------


def load(path):
    types = {name: np.float32 for name in NUMERIC} | {name: np.float64 for name in AMOUNTS}
    types |= {name: "category" for name in [*NOMINAL, "label"]}
    frame = pd.read_csv(path, header=None, names=NAMES, dtype=types)
    frame["label"] = frame["label"].cat.rename_categories(lambda label: label.rstrip("."))
    return frame


class OneHot:
    """One-hot columns for the categories of the training rows, zeros for others; numbers as they are."""

    def __init__(self, frame):
        self.categories = {name: frame[name].cat.remove_unused_categories().cat.categories for name in NOMINAL}

    def transform(self, frame):
        parts = [frame[NUMERIC].to_numpy(np.float32)]
        for name, categories in self.categories.items():
            column = frame[name].cat.set_categories(categories)
            parts.append(pd.get_dummies(column, dtype=np.float32).to_numpy())
        return np.hstack(parts)


class ScaledOneHot(OneHot):
    """The same with log(1 + x) of amounts, and numbers scaled to [0, 1] by the training rows."""

    def __init__(self, frame):
        super().__init__(frame)
        numbers = self.logarithms(frame)
        self.minimum = numbers.min(0)
        spread = numbers.max(0) - self.minimum
        self.factor = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 0)

    @staticmethod
    def logarithms(frame):
        numbers = frame[NUMERIC].to_numpy(np.float64)
        amounts = [NUMERIC.index(name) for name in AMOUNTS]
        numbers[:, amounts] = np.log1p(numbers[:, amounts])
        return numbers

    def transform(self, frame):
        matrix = super().transform(frame)
        matrix[:, : len(NUMERIC)] = (self.logarithms(frame) - self.minimum) * self.factor
        return matrix


# Detectors -----------------------------------------------------------------------------------------------------------


def fit_forest(matrix, threads, sample_size=256):
    forest = IsolationForest(
        n_estimators=100, max_samples=min(sample_size, len(matrix)), random_state=SEED, n_jobs=threads
    ).fit(matrix)

    def score(rows):
        with joblib.parallel_config(backend="threading", n_jobs=threads):
            return -forest.score_samples(rows)

    return score


def fit_autoencoder(matrix):
    width = matrix.shape[1]
    rows = np.random.default_rng(SEED).permutation(len(matrix))
    held_out = round(0.1 * len(matrix))
    validation, training = matrix[rows[:held_out]], matrix[rows[held_out:]]
    hidden = [keras.layers.Dense(size, activation="relu") for size in (64, 32, 16, 32, 64)]
    network = keras.Sequential([keras.Input((width,)), *hidden, keras.layers.Dense(width)])
    network.compile("adam", "mse")
    stopping = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    history = network.fit(
        training,
        training,
        batch_size=512,
        epochs=30,
        validation_data=(validation, validation),
        validation_batch_size=8192,
        callbacks=[stopping],
        verbose=0,
    )

    # Three times as fast as `predict`.
    @tf.function(input_signature=[tf.TensorSpec((None, width))])
    def errors(batch):
        return tf.reduce_mean(tf.square(network(batch) - batch), 1)

    def score(rows):
        return np.concatenate([errors(rows[start : start + 8192]).numpy() for start in range(0, len(rows), 8192)])

    return score, len(history.epoch)


def fit_components(matrix):
    pca = PCA(4).fit(matrix)
    return lambda rows: np.square(rows - pca.inverse_transform(pca.transform(rows))).mean(1)


# Metrics -------------------------------------------------------------------------------------------------------------


def ranking(scores, anomalous):
    return {
        "rocAuc": roc_auc_score(anomalous, scores),
        "averagePrecision": average_precision_score(anomalous, scores),
    }


def evaluate(scores, labels, distinct=None, threshold=None, known=None):
    anomalous = (labels != "normal").to_numpy()
    metrics = ranking(scores, anomalous)
    if distinct is not None:
        metrics["deduplicated"] = ranking(scores[distinct], anomalous[distinct])
    if threshold is None:
        return metrics
    flagged = scores > threshold
    (true_negative, false_positive), (false_negative, true_positive) = confusion_matrix(anomalous, flagged).tolist()
    precision = true_positive / max(true_positive + false_positive, 1)
    recall = true_positive / max(true_positive + false_negative, 1)
    attacks = pd.DataFrame({"attack": labels[anomalous], "flagged": flagged[anomalous]})
    attacks["attack"] = attacks["attack"].cat.remove_unused_categories()
    attacks["category"] = attacks["attack"].map(CATEGORY_OF).fillna("other").astype(str)
    metrics |= {
        "threshold": float(threshold),
        "falseAlarmRate": false_positive / max(false_positive + true_negative, 1),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-300),
        "confusion": {
            "truePositive": true_positive,
            "falsePositive": false_positive,
            "trueNegative": true_negative,
            "falseNegative": false_negative,
        },
        "recallByCategory": attacks.groupby("category")["flagged"].mean().to_dict(),
        "recallByAttack": attacks.groupby("attack", observed=True)["flagged"].mean().to_dict(),
    }
    novel = attacks["flagged"][~attacks["attack"].isin(known)] if known is not None else []
    if len(novel) > 0:
        metrics["recallNovelAttacks"] = novel.mean()
    return metrics


def distinct_rows(frame):
    return ~frame.duplicated().to_numpy()


# Protocols -----------------------------------------------------------------------------------------------------------


def novelty(train, test, threads):
    normal = np.flatnonzero(train["label"] == "normal")
    rows = np.random.default_rng(SEED).permutation(len(normal))
    size = round(0.8 * len(normal))
    fit_rows, held_out = np.sort(normal[rows[:size]]), np.sort(normal[rows[size:]])
    holdout = np.sort(np.concatenate([held_out, np.flatnonzero(train["label"] != "normal")]))

    scores = {}
    encoder = ScaledOneHot(train.iloc[fit_rows])
    matrix, test_matrix = encoder.transform(train), encoder.transform(test)
    score = fit_forest(matrix[fit_rows], threads, 16384)
    scores["isolation-forest"] = score(matrix), score(test_matrix)
    score, epochs = fit_autoencoder(matrix[fit_rows])
    scores["autoencoder"] = score(matrix), score(test_matrix)
    score = fit_components(matrix[fit_rows])
    scores["baseline:principal-components"] = score(matrix), score(test_matrix)
    scores["baseline:count"] = train["count"].to_numpy(), test["count"].to_numpy()
    scores["baseline:dst_bytes"] = -train["dst_bytes"].to_numpy(), -test["dst_bytes"].to_numpy()

    holdout_frame = train.iloc[holdout]
    holdout_distinct, test_distinct = distinct_rows(holdout_frame), distinct_rows(test)
    known = set(train["label"].cat.categories)
    metrics = {"holdout": {}, "corrected": {}}
    verdicts = {}
    for name, (on_train, on_test) in scores.items():
        descending = np.sort(on_train[held_out])[::-1]
        threshold = descending[int(FALSE_ALARM_RATE * (len(held_out) + 1)) - 1]
        metrics["holdout"][name] = evaluate(
            on_train[holdout], holdout_frame["label"], holdout_distinct, threshold
        )
        metrics["corrected"][name] = evaluate(on_test, test["label"], test_distinct, threshold, known)
        verdicts[name] = on_train > threshold, on_test > threshold

    part = np.full(len(train), "holdout", object)
    part[fit_rows] = "fit"
    predictions = pd.concat(
        pd.DataFrame(
            {
                "dataset": pd.Categorical([dataset] * len(frame), ["10-percent", "corrected"]),
                "part": pd.Categorical(parts, ["fit", "holdout", "test"]),
                "row": np.arange(1, len(frame) + 1, dtype=np.uint32),
                "label": frame["label"].astype(str),
                "isolation_forest_score": scores["isolation-forest"][i],
                "isolation_forest_anomaly": verdicts["isolation-forest"][i],
                "autoencoder_score": scores["autoencoder"][i].astype(np.float64),
                "autoencoder_anomaly": verdicts["autoencoder"][i],
            }
        )
        for i, (dataset, frame, parts) in enumerate(
            [("10-percent", train, part), ("corrected", test, ["test"] * len(test))]
        )
    )
    return metrics, predictions.astype({"label": "category"}), epochs


def mixed(train, threads):
    matrix = OneHot(train).transform(train)
    scores = fit_forest(matrix, threads)(matrix)
    return {"isolation-forest": evaluate(scores, train["label"], distinct_rows(train))}


def literature(train, threads):
    """The subsets as scikit-learn's `fetch_kddcup99` defines them; nominal features as numbers, as in the papers."""
    logged_in = train[train["logged_in"] == 1]
    columns = ["duration", "service", "src_bytes", "dst_bytes"]
    sf = pd.concat([np.log(logged_in[AMOUNTS] + 0.1), logged_in[["service", "label"]]], axis=1)[[*columns, "label"]]
    attacks = train[train["label"] != "normal"]
    drawn = attacks.iloc[np.random.default_rng(SEED).integers(len(attacks), size=3377)]
    subsets = {
        "http": sf[sf["service"] == "http"].drop(columns="service"),
        "smtp": sf[sf["service"] == "smtp"].drop(columns="service"),
        "sf": sf,
        "sa": pd.concat([train[train["label"] == "normal"], drawn]),
    }
    metrics = {}
    for name, frame in subsets.items():
        features = frame.drop(columns="label")
        matrix = np.column_stack(
            [
                features[column].cat.codes if features[column].dtype == "category" else features[column]
                for column in features
            ]
        ).astype(np.float32)
        metrics[name] = {"isolation-forest": evaluate(fit_forest(matrix, threads)(matrix), frame["label"])}
    return metrics


def run(training_file, test_file, folder, threads):
    """Runs the study, and returns its metrics and the epochs that the autoencoder was trained for."""
    keras.utils.set_random_seed(SEED)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    train, test = load(training_file), load(test_file)
    on_novelty, predictions, epochs = novelty(train, test, threads)
    metrics = {"novelty": on_novelty, "mixed": mixed(train, threads), "literature": literature(train, threads)}
    predictions.to_parquet(os.path.join(folder, "predictions.parquet"), compression="zstd", index=False)
    with open(os.path.join(folder, "metrics.json"), "w") as file:
        json.dump(metrics, file, indent=2)
    return metrics, epochs


def figures(result):
    """The figures that the benchmark compares with those of study.ts."""
    metrics, epochs = result
    corrected = metrics["novelty"]["corrected"]
    forest, autoencoder = corrected["isolation-forest"], corrected["autoencoder"]
    literature = metrics["literature"]
    return {
        "epochs": epochs,
        "corrected, isolation forest, rocAuc": forest["rocAuc"],
        "corrected, autoencoder, rocAuc": autoencoder["rocAuc"],
        "corrected, autoencoder, averagePrecision": autoencoder["averagePrecision"],
        "corrected, autoencoder, f1": autoencoder["f1"],
        "corrected, autoencoder, deduplicated rocAuc": autoencoder["deduplicated"]["rocAuc"],
        "corrected, PCA, rocAuc": corrected["baseline:principal-components"]["rocAuc"],
        "corrected, count, rocAuc": corrected["baseline:count"]["rocAuc"],
        "mixed, isolation forest, rocAuc": metrics["mixed"]["isolation-forest"]["rocAuc"],
        "http, isolation forest, rocAuc": literature["http"]["isolation-forest"]["rocAuc"],
        "sf, isolation forest, rocAuc": literature["sf"]["isolation-forest"]["rocAuc"],
    }


if __name__ == "__main__":
    run(*sys.argv[1:], threads=os.cpu_count())
