"""PyOD's and scikit-learn's figures for the tests of the baselines. Made with PyOD 3.6.7, scikit-learn 1.9.1, NumPy 2.4.6:

    python3 baselines.reference.py > baselines.reference.json
    npx biome format --write baselines.reference.json
"""

import json

import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.knn import KNN
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.neighbors import LocalOutlierFactor

ROWS, NEW_ROWS = 60, 20


def generate():
    """Columns that are correlated or skewed, of numbers that float32 holds exactly. reference.ts has the same generator."""
    state = 12345
    rows = []
    for _ in range(ROWS + NEW_ROWS):
        draws = []
        for _ in range(5):
            state = (1664525 * state + 1013904223) % 2**32
            draws.append((state >> 24) / 8)
        a, b, c, d, e = draws
        rows.append([a, a + b / 2, c * c, -d * d, e / 8 - a / 4])
    data = np.array(rows)
    return data[:ROWS], data[ROWS:]


def ecod(fitted, new):
    """The paper's aggregation (algorithm 1) of PyOD's tails; PyOD itself takes the larger tail of each column."""
    scores = []
    for row in new:
        model = ECOD()
        model.fit(fitted)
        model.decision_function(row[None])
        left, right, skewed = (tails[-1] for tails in (model.U_l, model.U_r, model.U_skew))
        scores.append(max(left.sum(), right.sum(), skewed.sum()))
    return scores


def quantile(values, share):
    return np.sort(values)[int(np.ceil(share * len(values))) - 1]


def mahalanobis(fitted, new, trimmed, false_alarm_rate):
    """Shyu et al. 2003: trimmed rows, major and minor components of their correlations, a threshold for each."""
    distances = EmpiricalCovariance().fit(fitted).mahalanobis(fitted)
    kept = fitted[distances <= quantile(distances, 1 - trimmed)]
    mean, deviation = kept.mean(axis=0), kept.std(axis=0)
    pca = PCA().fit((kept - mean) / deviation)
    variances = pca.explained_variance_ * (len(kept) - 1) / len(kept)
    majors = int(np.searchsorted(np.cumsum(variances), 0.5 * variances.sum()) + 1)
    own = 1 - np.sqrt(1 - false_alarm_rate)
    scores = []
    for part in (slice(0, majors), np.flatnonzero((variances < 0.2) & (np.arange(5) >= majors))):
        def distance(rows):
            return (((rows - mean) / deviation @ pca.components_[part].T) ** 2 / variances[part]).sum(axis=1)
        scores.append(distance(new) / quantile(distance(fitted), 1 - own))
    return np.max(scores, axis=0).tolist()


fitted, new = generate()
print(
    json.dumps(
        {
            "rows": ROWS,
            "newRows": NEW_ROWS,
            "ecod": ecod(fitted, new),
            "mahalanobis": mahalanobis(fitted, new, trimmed=0.05, false_alarm_rate=0.1),
            "nearest-neighbours": KNN(n_neighbors=5).fit(fitted).decision_function(new).tolist(),
            "local-outlier-factor": (
                -LocalOutlierFactor(n_neighbors=10, novelty=True).fit(fitted).score_samples(new)
            ).tolist(),
        },
        indent=2,
    )
)
